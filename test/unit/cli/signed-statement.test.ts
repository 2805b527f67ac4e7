/** Signatures of provenance, held against programs that others have written: openssl and Sigstore's verifier. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bundleFromJSON } from '@sigstore/bundle'
import { type TrustMaterial, toSignedEntity, Verifier } from '@sigstore/verify'
import { signatureProblem, signStatement } from '../../../src/cli/signed-statement.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const statement = '{\n  "_type": "https://in-toto.io/Statement/v1",\n  "ü": "✓"\n}\n'
const bytes = Buffer.from(statement)

const kinds: readonly (readonly [string, () => { publicKey: KeyObject; privateKey: KeyObject }])[] = [
  ['P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['Ed25519', () => generateKeyPairSync('ed25519')],
  ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
]

for (const [kind, pair] of kinds) {
  test(`${kind}: what is signed verifies by its own key, and by no other, nor for another statement`, () => {
    const { privateKey, publicKey } = pair()
    const signature = signStatement(statement, privateKey)
    assert.equal(signatureProblem(signature, bytes, publicKey), null)
    assert.equal(signatureProblem(signature, bytes, pair().publicKey), 'the key does not verify it')
    assert.equal(signatureProblem(signature, Buffer.from(`${statement} `), publicKey), 'it signs another statement')
  })
}

test('a payload that was exchanged together with the statement is found', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const bundle = JSON.parse(signStatement(statement, privateKey))
  bundle.dsseEnvelope.payload = Buffer.from('{}').toString('base64')
  assert.equal(signatureProblem(JSON.stringify(bundle), Buffer.from('{}'), publicKey), 'the key does not verify it')
})

test('the type of what is signed is part of it', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const bundle = JSON.parse(signStatement(statement, privateKey))
  bundle.dsseEnvelope.payloadType = 'application/json'
  assert.match(signatureProblem(JSON.stringify(bundle), bytes, publicKey) ?? '', /no Sigstore bundle/)
})

for (const text of [
  '',
  '[]',
  '{"mediaType":1}',
  'null',
  '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","dsseEnvelope":{"signatures":[null]}}',
]) {
  test(`what is no signature is told as such: ${text}`, () => {
    assert.match(signatureProblem(text, bytes, generateKeyPairSync('ed25519').publicKey) ?? '', /no Sigstore bundle/)
  })
}

test("Sigstore's own verifier takes the bundle with the right key, and with no other", () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signature = signStatement(statement, privateKey)
  assert.doesNotThrow(() => sigstoreVerifier(publicKey).verify(toSignedEntity(bundleFromJSON(JSON.parse(signature)))))
  const other = createPublicKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
  assert.throws(() => sigstoreVerifier(other).verify(toSignedEntity(bundleFromJSON(JSON.parse(signature)))), { code: 'SIGNATURE_ERROR' })
})

function sigstoreVerifier(key: KeyObject): Verifier {
  const material: TrustMaterial = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
    publicKey: () => ({ publicKey: key, validFor: () => true }),
  }
  return new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 })
}

const openssl = spawnSync('openssl', ['version']).status === 0

test('openssl verifies the signature of what DSSE signs', { skip: openssl ? false : 'openssl is not on PATH' }, (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { dsseEnvelope } = JSON.parse(signStatement(statement, privateKey))
  const folder = temporaryFolder(t)
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const key = file('key.pem', publicKey.export({ type: 'spki', format: 'pem' }))
  const signature = file('signature', Buffer.from(dsseEnvelope.signatures[0].sig, 'base64'))
  const signed = file('signed', Buffer.concat([Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${bytes.length} `), bytes]))
  const verified = spawnSync('openssl', ['dgst', '-sha256', '-verify', key, '-signature', signature, signed], { encoding: 'utf8' })
  assert.equal(verified.stdout, 'Verified OK\n')
})
