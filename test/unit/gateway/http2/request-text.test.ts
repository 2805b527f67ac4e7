import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestText } from '../../../../src/gateway/http2/request-text.ts'

const pseudo = [':method', 'GET', ':scheme', 'https', ':authority', 'a.test', ':path', '/x?y']

function textOf(fields: readonly string[], ended = true): string {
  const read = requestText(fields, ended)
  return typeof read === 'string' ? read : read.head.toString('latin1')
}

test('a header list becomes the head of an HTTP/1.1 request', () => {
  assert.equal(textOf([...pseudo, 'x-b', '1', 'x-a', '2']), 'GET /x?y HTTP/1.1\r\nhost: a.test\r\nx-b: 1\r\nx-a: 2\r\n\r\n')
})

test('bytes beyond ASCII stay what they are', () => {
  assert.match(textOf([...pseudo, 'x', 'd\xc3\xa0']), /x: d\xc3\xa0\r\n/)
})

test('content without a length comes in chunks', () => {
  assert.match(textOf(pseudo, false), /\r\ntransfer-encoding: chunked\r\n\r\n$/)
  assert.match(textOf([...pseudo, 'content-length', '3'], false), /content-length: 3\r\n\r\n$/)
  assert.doesNotMatch(textOf(pseudo), /transfer-encoding|content-length/)
})

test('cookies are put together again', () => {
  assert.match(textOf([...pseudo, 'cookie', 'a=1', 'x', 'y', 'cookie', 'b=2']), /x: y\r\ncookie: a=1; b=2\r\n\r\n$/)
})

test('a host that agrees with the authority is said once, and one without an authority takes its place', () => {
  assert.equal(textOf([...pseudo, 'host', 'A.test']).match(/host:/g)?.length, 1)
  assert.equal(textOf([...pseudo, 'host', 'b.test']).match(/host:/g)?.length, 2)
  assert.equal(textOf([...pseudo, 'host', 'a.test', 'host', 'a.test']).match(/host:/g)?.length, 2)
  assert.match(textOf([':method', 'GET', ':scheme', 'http', ':path', '/', 'host', 'b.test']), /^GET \/ HTTP\/1.1\r\nhost: b.test\r\n/)
})

test('what HTTP/1.1 would read differently is refused', () => {
  const refused: readonly (readonly [string, readonly string[]])[] = [
    ['bad-request', [':method', 'GET', ':scheme', 'http', ':authority', 'a']],
    ['bad-request', [':method', 'GET', ...pseudo]],
    ['bad-request', [...pseudo, 'x', 'y', ':path', '/']],
    ['bad-request', [...pseudo, ':other', 'y']],
    ['bad-request', [...pseudo, 'X', 'y']],
    ['bad-request', [...pseudo, 'x y', 'z']],
    ['bad-request', [...pseudo, 'x', 'a\r\nb: c']],
    ['bad-request', [...pseudo, 'cookie', 'a\nb: c']],
    ['bad-request', [...pseudo, 'connection', 'close']],
    ['bad-request', [...pseudo, 'transfer-encoding', 'chunked']],
    ['bad-request', [...pseudo, 'te', 'gzip']],
    ['bad-request', [...pseudo, 'grpc-timeout', '1S', 'grpc-timeout', '2S']],
    ['bad-request', [':method', 'GET /', ':scheme', 'http', ':path', '/']],
    ['bad-request', [':method', 'GET', ':scheme', 'http', ':authority', 'a\r\nb: c', ':path', '/']],
    ['bad-target', [':method', 'GET', ':scheme', 'http', ':authority', 'a', ':path', '/a b']],
    ['bad-target', [':method', 'GET', ':scheme', 'http', ':authority', 'a', ':path', 'http://a/']],
    ['bad-target', [':method', 'GET', ':scheme', 'http', ':authority', 'a', ':path', '']],
    ['not-tunnelled', [':method', 'CONNECT', ':authority', 'a']],
  ]
  for (const [kind, fields] of refused) assert.equal(textOf(fields), kind, JSON.stringify(fields))
})

test('gRPC is known by its media type', () => {
  const grpc = (type: string): unknown => {
    const read = requestText([...pseudo, 'content-type', type, 'grpc-timeout', '5S'], false)
    return typeof read === 'string' ? read : [read.grpc, read.grpcTimeout]
  }
  for (const type of ['application/grpc', 'application/grpc+proto', 'Application/gRPC; x=y'])
    assert.deepEqual(grpc(type), [true, '5S'], type)
  for (const type of ['application/grpc-web', 'application/grpcx', 'text/plain']) assert.deepEqual(grpc(type), [false, '5S'], type)
})
