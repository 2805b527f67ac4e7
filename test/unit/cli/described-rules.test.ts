import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeBackend } from '../../../src/cli/described-rules.ts'

test('a backend is its URL, and what is said beyond it', () => {
  const at = 'postern.yaml:5'
  assert.equal(describeBackend(null), null)
  assert.equal(describeBackend({ index: 0, url: 'http://a', http: '1.1', tls: null, credential: null, at }), 'http://a')
  const authority = { subject: 'CN=backend CA', fingerprint: 'ab'.repeat(32), expires: '2027-01-01T00:00:00.000Z', at: 'ca.pem:1' }
  const clientCertificate = { certificate: '${CERT}', key: '${KEY}' }
  assert.equal(
    describeBackend({
      index: 0,
      url: 'https://a',
      http: '2',
      tls: { authorities: [authority], clientCertificate, serverName: 'api.internal' },
      credential: null,
      at,
    }),
    'https://a, HTTP/2, trusted by CN=backend CA, shown the certificate ${CERT}, as api.internal',
  )
  const bare = { authorities: [], clientCertificate: null, serverName: null }
  assert.equal(describeBackend({ index: 0, url: 'https://a', http: '1.1', tls: bare, credential: null, at }), 'https://a')
})
