import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerText, requestHeaders, trailerLines, trailerObject } from '../../../../src/gateway/upstream/http2-heads.ts'

const request = { method: 'GET', target: '/a', fields: '', contentLength: -1, chunked: false, upgrade: false }

test('a request’s lines become a list with lower-case names', () => {
  assert.deepEqual(requestHeaders({ ...request, fields: 'X-A:  1 \r\nx-b:\r\n', contentLength: 0 }, 'https', 'a.example:8443'), [
    ...[':method', 'GET', ':scheme', 'https', ':authority', 'a.example:8443', ':path', '/a'],
    ...['x-a', '1', 'x-b', '', 'content-length', '0'],
  ])
})

test('nothing but spaces and tabs is taken off a value', () => {
  const fields = 'X-A: \t Voil\xc3\xa0 \t\r\nX-B: \xa0\r\n'
  assert.deepEqual(requestHeaders({ ...request, fields }, 'http', 'a').slice(8), ['x-a', 'Voil\xc3\xa0', 'x-b', '\xa0'])
})

test('only gRPC gets te', () => {
  const te = (type: string): boolean => requestHeaders({ ...request, fields: `Content-Type: ${type}\r\n` }, 'http', 'a').includes('te')
  assert.deepEqual(['application/grpc', 'application/grpc+proto', 'Application/gRPC;x=1'].map(te), [true, true, true])
  assert.deepEqual(['application/grpc-web', 'application/grpcx', 'text/plain'].map(te), [false, false, false])
  assert.equal(requestHeaders({ ...request, fields: 'X-A: content-type\r\nX-B: application/grpc\r\n' }, 'http', 'a').includes('te'), false)
})

test('an answer’s list becomes the text of a head, or nothing', () => {
  assert.equal(answerText([':status', '200', 'a', 'b', 'a', 'c']), 'HTTP/1.1 200 \r\na: b\r\na: c\r\n\r\n')
  const wrong: readonly (readonly string[])[] = [
    [],
    ['a', 'b'],
    [':status', '0200'],
    [':status', '200\r\nx: y'],
    [':status', '200', ':path', '/'],
    [':status', '200', 'A', 'b'],
    [':status', '200', 'a:b', 'c'],
    [':status', '200', 'a', 'b\r\nc: d'],
    [':status', '200', 'a\r\nb', 'c'],
    [':status', '200', 'connection', 'close'],
    [':status', '200', 'transfer-encoding', 'chunked'],
    [':status', '200', 'te', 'trailers'],
  ]
  for (const list of wrong) assert.equal(answerText(list), null, JSON.stringify(list))
})

test('trailers both ways, without what confuses', () => {
  assert.equal(trailerLines(['a', 'b', 'content-length', '3']), 'a: b\r\n')
  for (const list of [
    [':status', '200'],
    ['a', 'b\nc'],
    ['upgrade', 'x'],
    ['a', 'x'.repeat(9000)],
  ])
    assert.equal(trailerLines(list), null)
  assert.deepEqual({ ...trailerObject('X-A: 1\r\nx-a: 2\r\nConnection: close\r\nHost: b\r\n') }, { 'x-a': ['1', '2'] })
})
