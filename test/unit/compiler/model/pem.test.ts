import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import { readPem } from '../../../../src/compiler/model/pem.ts'
import { makeCertificate } from '../../../certificate.ts'
import { reported } from './yaml-node.ts'

const edwards = generateKeyPairSync('ed25519')
const edwardsPem = edwards.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const times = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') }

function read(text: string) {
  const diagnostics = new Diagnostics()
  const keys = readPem(text, 'keys/idp.pem', diagnostics)
  return { keys, findings: reported(diagnostics) }
}

test('public keys are read in both forms, with the line on which each begins', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  const { keys, findings } = read(`A comment\n${edwardsPem}${rsa}`)
  assert.deepEqual(findings, [])
  assert.deepEqual(
    keys.map(({ jwk, at }) => [jwk.kty, at.file, at.line]),
    [
      ['OKP', 'keys/idp.pem', 2],
      ['RSA', 'keys/idp.pem', 5],
    ],
  )
  assert.deepEqual([keys[0]?.kid, keys[0]?.notBefore, keys[0]?.notAfter], [null, null, null])
})

test('lines may end as on Windows', () => {
  assert.equal(read(edwardsPem.replaceAll('\n', '\r\n')).keys.length, 1)
})

test('a certificate gives its key and its validity', () => {
  const { keys } = read(makeCertificate({ subject: 'idp', ...times, keys: edwards }))
  assert.deepEqual(keys[0]?.jwk, edwards.publicKey.export({ format: 'jwk' }))
  assert.equal(keys[0]?.notBefore, times.notBefore.getTime() / 1000)
  assert.equal(keys[0]?.notAfter, times.notAfter.getTime() / 1000)
})

test('the authorities of a chain are no signers of tokens', () => {
  const root = { subject: 'root', keys: generateKeyPairSync('ed25519') }
  const leaf = makeCertificate({ subject: 'idp', ...times, keys: edwards, issuer: root })
  const { keys, findings } = read(leaf + makeCertificate({ ...root, ...times }))
  assert.deepEqual(
    keys.map(({ jwk }) => jwk.x),
    [edwards.publicKey.export({ format: 'jwk' }).x],
  )
  assert.deepEqual(findings, [`${leaf.split('\n').length}:1 unusable-key the certificate is the issuer of another one in this file`])
})

test('two self-signed certificates of one name are two signers: the old key and the new', () => {
  const certificate = () => makeCertificate({ subject: 'idp', ...times })
  const { keys, findings } = read(certificate() + certificate())
  assert.equal(keys.length, 2)
  assert.deepEqual(findings, [])
})

test('a file with very many certificates is not compared through', () => {
  const { keys, findings } = read(makeCertificate({ subject: 'idp', ...times, keys: edwards }).repeat(51))
  assert.deepEqual(keys, [])
  assert.match(findings.join('\n'), /^\d+:1 unusable-key the file has more than 50 certificates$/)
})

test('a private key is refused, whatever its form, and never repeated', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const forms = [
    edwards.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    rsa.export({ type: 'pkcs1', format: 'pem' }),
    rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
    '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n',
  ]
  for (const pem of forms) {
    const { keys, findings } = read(edwardsPem + pem.toString())
    assert.equal(keys.length, 1)
    assert.deepEqual(findings, ['4:1 private-key the file holds a private key'])
  }
  assert.deepEqual(read('-----BEGIN PRIVATE KEY-----\nAAAA\n').findings, ['1:1 private-key the file holds the beginning of a private key'])
})

test('blocks that are malformed or something else are refused', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n', 'the public key is malformed'],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'the certificate is malformed'],
    [
      '-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n',
      'a PEM block `DH PARAMETERS` is neither a public key nor a certificate',
    ],
    ['-----BEGIN PUBLIC KEY-----\nAAAA\n', 'the PEM block `PUBLIC KEY` is not closed'],
    ['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END CERTIFICATE-----\n', 'the PEM block `PUBLIC KEY` is not closed'],
  ]
  for (const [text, message] of cases) {
    const { keys, findings } = read(text)
    assert.deepEqual(keys, [])
    assert.deepEqual(findings, [`1:1 unusable-key ${message}`])
  }
})

test('an RSA-PSS key has a type of its own that no JWT library takes', () => {
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' })
  assert.match(read(pss.toString()).findings.join(), /^1:1 unusable-key the key is of type rsa-pss/)
})
