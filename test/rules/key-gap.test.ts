import assert from 'node:assert/strict'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { makeCertificate } from '../certificate.ts'
import { diagnose, findings, type ProjectFiles } from './check-project.ts'
import { keySet, projectWithKeys } from './issuer-files.ts'

/** A key in a JWKS with the certificate that says when it is valid. */
function key(kid: string, notBefore: string, notAfter: string): object {
  const keys = generateKeyPairSync('ed25519')
  const certificate = makeCertificate({ subject: kid, notBefore: new Date(notBefore), notAfter: new Date(notAfter), keys })
  const chain = [new X509Certificate(certificate).raw.toString('base64')]
  return { ...keys.publicKey.export({ format: 'jwk' }), kid, x5c: chain }
}

function project(...keys: readonly object[]): ProjectFiles {
  return projectWithKeys('idp.json', keySet(...keys))
}

const now = new Date('2026-06-15T12:00:00Z')
const old = key('old', '2026-01-01T00:00:00Z', '2026-07-01T00:00:00Z')

test('a time in which no key of an issuer is valid', () => {
  const files = project(old, key('new', '2026-07-03T00:00:00Z', '2027-01-01T00:00:00Z'))
  assert.deepEqual(diagnose(files, now), ['idp.json:2:1 warning key-expires-soon #/keys/0', 'postern.yaml:7:5 warning key-gap #/issuers/0'])
  assert.equal(
    findings(files, now)[1]?.message,
    'no key of the issuer `https://idp.example.com` is valid from 2026-07-01T00:00 to 2026-07-03T00:00',
  )
})

test('keys that overlap, or a key without times, leave none, and the old key may end', () => {
  assert.deepEqual(diagnose(project(old, key('new', '2026-06-20T00:00:00Z', '2027-01-01T00:00:00Z')), now), [])
  assert.deepEqual(diagnose(project(old, key('new', '2026-06-01T00:00:00Z', '2027-01-01T00:00:00Z')), now), [])
  const { publicKey } = generateKeyPairSync('ed25519')
  assert.deepEqual(diagnose(project(old, { ...publicKey.export({ format: 'jwk' }), kid: 'forever' }), now), [])
})

test('the last key’s end is no gap', () => {
  assert.deepEqual(diagnose(project(key('only', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')), now), [])
})
