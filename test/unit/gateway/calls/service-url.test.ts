import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfidential, parseServiceUrl } from '../../../../src/gateway/calls/service-url.ts'

test('absolute http and https URLs, with a query or without', () => {
  assert.equal(parseServiceUrl('https://idp.example/introspect?tenant=a')?.href, 'https://idp.example/introspect?tenant=a')
  assert.equal(parseServiceUrl('http://127.0.0.1:9')?.port, '9')
  for (const text of [
    '',
    'idp.example',
    'ftp://idp.example',
    'https:///x',
    'https://a b/',
    'https://u:p@idp.example/',
    'https://idp.example/#x',
    'https://idp.example\\x',
  ])
    assert.equal(parseServiceUrl(text), null, text)
})

test('http is confidential on this machine only', () => {
  for (const text of [
    'https://idp.example/',
    'http://127.0.0.1:1/',
    'http://127.8.8.8/',
    'http://localhost/',
    'http://a.localhost/',
    'http://[::1]:1/',
  ])
    assert.equal(isConfidential(new URL(text)), true, text)
  for (const text of [
    'http://idp.example/',
    'http://10.0.0.1/',
    'http://127.0.0.1.example/',
    'http://localhost.example/',
    'http://keymanager/',
  ])
    assert.equal(isConfidential(new URL(text)), false, text)
})
