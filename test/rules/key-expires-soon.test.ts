import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCertificate } from '../certificate.ts'
import { diagnose, findings } from './check-project.ts'
import { projectWithKeys } from './issuer-files.ts'

const files = projectWithKeys(
  'idp.pem',
  makeCertificate({ subject: 'idp', notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') }),
)

test('a certificate with 30 days left', () => {
  assert.deepEqual(diagnose(files, new Date('2026-12-01T23:59:59Z')), [])
  const now = new Date('2026-12-02T00:00:00Z')
  assert.deepEqual(diagnose(files, now), ['idp.pem:1:1 warning key-expires-soon #'])
  assert.equal(findings(files, now)[0]?.message, 'a key expires on 2027-01-01')
})
