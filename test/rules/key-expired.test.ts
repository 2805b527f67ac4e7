import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCertificate } from '../certificate.ts'
import { diagnose, findings } from './check-project.ts'
import { projectWithKeys } from './issuer-files.ts'

const files = projectWithKeys(
  'idp.pem',
  makeCertificate({ subject: 'idp', notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') }),
)

test('a certificate that has expired', () => {
  const now = new Date('2027-01-01T00:00:00Z')
  assert.deepEqual(diagnose(files, now), ['idp.pem:1:1 error key-expired #'])
  assert.equal(findings(files, now)[0]?.message, 'a key expired on 2027-01-01')
})

test('a certificate that is not valid yet', () => {
  const now = new Date('2025-12-31T23:59:59Z')
  assert.deepEqual(diagnose(files, now), ['idp.pem:1:1 error key-expired #'])
  assert.equal(findings(files, now)[0]?.message, 'a key is not valid before 2026-01-01')
})

test('a certificate that is valid', () => {
  assert.deepEqual(diagnose(files, new Date('2026-06-15')), [])
})
