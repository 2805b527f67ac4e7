import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiWith, diagnose, findings, type ProjectFiles } from './check-project.ts'

function backend(url: string): ProjectFiles {
  const project = `name: sample\nversion: 1.0.0\napis:\n  - definition: api.yaml\n    backend: ${url}\n`
  return apiWith('paths:\n  /a: { get: { security: [] }, put: { security: [] } }\n', { 'postern.yaml': project })
}

test('plain http to a public name or address', () => {
  for (const url of ['http://example.com/v2', 'http://203.0.113.1', 'http://${HOST:-example.com}/', 'http://example.com/${REST}']) {
    assert.deepEqual(diagnose(backend(url)), ['postern.yaml:5:14 warning cleartext-backend #/apis/0/backend'], url)
  }
  assert.equal(
    findings(backend('http://example.com/'))[0]?.message,
    'requests go to `example.com` over plain http, with all that is in them',
  )
})

test('https, private names and what is known only at start', () => {
  for (const url of [
    'https://example.com',
    'http://pets.shop.svc',
    'http://10.0.0.1',
    'http://${HOST}/',
    '${URL}',
    'http://a${HOST}.com/',
  ]) {
    assert.deepEqual(diagnose(backend(url)), [], url)
  }
})
