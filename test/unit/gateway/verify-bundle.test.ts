/** The signature that may lie in a bundle, as the gateway looks at it when it starts: any byte of it that changed is found. */
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { signatureDamage, signStatement } from '../../../src/cli/signed-statement.ts'
import { verifyBundle } from '../../../src/gateway/verify-bundle.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const provenance = '{\n  "_type": "https://in-toto.io/Statement/v1",\n  "ü": "✓"\n}\n'
const gateway = 'export {}\n'

/** The two files that vouch for each other, with provenance and its signature; `starts` throws what the gateway would. */
function signedBundle(t: TestContext, key: KeyObject): { folder: string; signature: Buffer; starts: () => void } {
  const folder = temporaryFolder(t)
  const manifest = (digest: string): string => `{\n  "digest": "${digest}",\n  "name": "small"\n}\n`
  const signature = Buffer.from(signStatement(provenance, key))
  writeFileSync(join(folder, 'gateway.mjs'), gateway)
  writeFileSync(join(folder, 'manifest.json'), manifest(`sha256:${sha256(gateway)}`))
  writeFileSync(join(folder, 'provenance.json'), provenance)
  writeFileSync(join(folder, 'provenance.sigstore.json'), signature)
  const url = pathToFileURL(join(folder, 'gateway.mjs')).href
  return { folder, signature, starts: () => verifyBundle(url, sha256(manifest(''))) }
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex')
}

const kinds: readonly (readonly [string, () => { privateKey: KeyObject }])[] = [
  ['P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['P-521', () => generateKeyPairSync('ec', { namedCurve: 'P-521' })],
  ['Ed25519', () => generateKeyPairSync('ed25519')],
  ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
]

for (const [kind, pair] of kinds) {
  test(`${kind}: the signature as it was written lets the gateway start, with a byte more or less it does not`, (t) => {
    const { folder, signature, starts } = signedBundle(t, pair().privateKey)
    starts()
    for (const content of [
      Buffer.alloc(0),
      signature.subarray(1),
      signature.subarray(0, -1),
      Buffer.concat([signature, Buffer.from('\n')]),
    ]) {
      writeFileSync(join(folder, 'provenance.sigstore.json'), content)
      assert.throws(starts, /provenance\.sigstore\.json was altered/)
    }
  })
}

test('whatever byte of it is another, the gateway does not start', (t) => {
  const { folder, signature, starts } = signedBundle(t, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
  const file = join(folder, 'provenance.sigstore.json')
  for (const index of signature.keys()) {
    for (const bits of [0x01, 0x20, 0x80]) {
      const altered = Buffer.from(signature)
      altered[index]! ^= bits
      writeFileSync(file, altered)
      assert.throws(starts, /provenance\.sigstore\.json was altered/, `byte ${index}`)
      assert.match(signatureDamage(altered, Buffer.from(provenance)) ?? '', /altered/, `byte ${index}`)
    }
  }
})

test('the signature of another statement, and one without its statement, do not let it start', (t) => {
  const { folder, starts } = signedBundle(t, generateKeyPairSync('ed25519').privateKey)
  writeFileSync(join(folder, 'provenance.json'), `${provenance} `)
  assert.throws(starts, /provenance\.sigstore\.json signs another provenance\.json/)
  rmSync(join(folder, 'provenance.json'))
  assert.throws(starts, /provenance\.json cannot be read \(ENOENT\)/)
})

test('without a signature the gateway starts', (t) => {
  const { folder, starts } = signedBundle(t, generateKeyPairSync('ed25519').privateKey)
  rmSync(join(folder, 'provenance.sigstore.json'))
  starts()
})
