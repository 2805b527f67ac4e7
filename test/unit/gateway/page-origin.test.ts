import assert from 'node:assert/strict'
import { test } from 'node:test'
import { originOf } from '../../../src/gateway/page-origin.ts'

test('Origin counts, else the origin of Referer; what is there twice says nothing', () => {
  assert.equal(originOf('Accept: */*\r\norigin: https://a.example\r\nReferer: https://b.example/\r\n'), 'https://a.example')
  assert.equal(originOf('Referer: https://b.example:8443/c?d#e\r\n'), 'https://b.example:8443')
  assert.equal(originOf('Referer: https://b.example\r\nReferer: https://b.example\r\n'), '')
  assert.equal(originOf('Referer: /relative\r\n'), '')
  assert.equal(originOf(''), '')
})
