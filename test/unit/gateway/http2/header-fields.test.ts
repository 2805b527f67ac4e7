import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestFields } from '../../../../src/gateway/http1/request-fields.ts'
import { RequestHead } from '../../../../src/gateway/http1/request-head.ts'
import { addLines, allowedTrailers, newHeaders, trailerLines } from '../../../../src/gateway/http2/header-fields.ts'

function read(...fields: readonly string[]): string | null {
  return trailerLines(fields, new RequestHead(requestFields([]).watched, { maxFields: 3, maxHead: 200 }))
}

test('lines become fields with names in lower case', () => {
  const headers = newHeaders()
  addLines(
    headers,
    'Set-Cookie: a\r\nX:  b\t\r\nset-cookie: c\r\nSet-Cookie: d\r\n__proto__: e\r\nHTTP2-Settings: f\r\nEmpty:\r\nUTF: \xc3\xa0\r\n',
  )
  assert.deepEqual(Object.entries(headers), [
    ['set-cookie', ['a', 'c', 'd']],
    ['x', 'b'],
    ['__proto__', 'e'],
    ['empty', ''],
    ['utf', '\xc3\xa0'],
  ])
})

test('trailers become lines', () => {
  assert.equal(read('grpc-status', '0', 'x', 'y'), 'grpc-status: 0\r\nx: y\r\n')
  assert.equal(read(), '')
})

test('trailers that would change what has been read are left out', () => {
  assert.equal(read('authorization', 'Bearer x', 'x', 'y'), 'x: y\r\n')
  assert.equal(read('content-type', 'text/plain', 'x-forwarded-for', '192.0.2.1'), '')
  assert.equal(read('cookie', 'a=b', 'set-cookie', 'a=b', 'te', 'trailers'), '')
})

test('trailers that are malformed, too many or too large are refused', () => {
  for (const fields of [
    ['X', 'y'],
    [':path', '/'],
    ['x', 'a\r\nb: c'],
    ['x\r\ny', 'z'],
    ['x', 'a\0'],
    ['content-length', 'five'],
    ['transfer-encoding', 'gzip'],
    ['x', 'y'.repeat(300)],
    ['a', '1', 'b', '2', 'c', '3', 'd', '4'],
  ]) {
    assert.equal(read(...fields), null, JSON.stringify(fields))
  }
})

test("a backend's trailers lose the same fields", () => {
  assert.equal(allowedTrailers('grpc-status: 0\r\nContent-Length: 5\r\nSet-Cookie: a\r\nX: y\r\n'), 'grpc-status: 0\r\nX: y\r\n')
})
