import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { parseName, ThrowawayAuthority } from '../../../../src/cli/selftest/throwaway-certificate.ts'

test('a certificate has the name that RFC 4514 writes, and the alternative names, and is of its authority', () => {
  const authority = new ThrowawayAuthority('Authority')
  const subject = parseName('CN=acme\\, Inc. \\"A\\",O=Ac\\+me \\C3\\A9,DC=example,C=DE')
  assert.ok(subject !== null)
  const { certificate, key } = authority.issue(subject, ['DNS:a.example.com', 'URI:spiffe://a/b', 'email:a@example.com'])
  const x509 = new X509Certificate(certificate)
  assert.deepEqual(x509.subject.split('\n'), ['C=DE', 'DC=example', 'O=Ac\\+me é', 'CN=acme\\, Inc. \\"A\\"'])
  assert.equal(x509.subjectAltName, 'DNS:a.example.com, URI:spiffe://a/b, email:a@example.com')
  const issuer = new X509Certificate(authority.certificate)
  assert.ok(issuer.ca && x509.checkIssued(issuer) && x509.verify(issuer.publicKey))
  assert.ok(!x509.ca && x509.checkPrivateKey(createPrivateKey(key)))
})

test('a name with several values in one place, or of another kind, is not written', () => {
  for (const name of ['', 'CN=a+OU=b', 'x', 'CN=a,1.2.3=b', 'CN=a,unknown=b']) assert.equal(parseName(name), null, name)
})
