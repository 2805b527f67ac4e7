import assert from 'node:assert/strict'
import { test } from 'node:test'
import { several, takeKeyFrom } from '../../../../src/gateway/api-key/key-places.ts'
import { Consumer } from '../../../../src/gateway/consumer.ts'
import { Exchange } from '../../../../src/gateway/exchange.ts'
import { requestFields } from '../../../../src/gateway/http1/request-fields.ts'
import { RequestHead } from '../../../../src/gateway/http1/request-head.ts'

const fields = requestFields([], [], ['cookie'])
const take = takeKeyFrom({ in: 'cookie', name: 'sid' }, fields)

function taken(...lines: readonly string[]): { readonly key: ReturnType<typeof take>; readonly forwarded: string } {
  const head = new RequestHead(fields.watched, { maxFields: 20, maxHead: 4096 })
  assert.equal(head.read(Buffer.from(['GET / HTTP/1.1', ...lines, '', ''].join('\r\n')), 0), undefined)
  const key = take(new Exchange(head, new Consumer('address:192.0.2.1')))
  return { key, forwarded: head.forwarded }
}

test('a key is taken out of its cookies, and the others go on', () => {
  assert.deepEqual(taken('Cookie: sid=k', 'A: 1'), { key: 'k', forwarded: 'A: 1\r\n' })
  assert.deepEqual(taken('A: 1', 'cOOkie:a=1; sid=k;b=2 '), { key: 'k', forwarded: 'A: 1\r\nCookie: a=1; b=2\r\n' })
  assert.deepEqual(taken('Cookie: a=1', 'A: 1', 'Cookie: sid=k; b=2'), { key: 'k', forwarded: 'Cookie: a=1\r\nA: 1\r\nCookie: b=2\r\n' })
})

test('without it nothing changes', () => {
  assert.deepEqual(taken('A: sid=k'), { key: null, forwarded: 'A: sid=k\r\n' })
  assert.deepEqual(taken('Cookie: asid=k;  sidx=1'), { key: null, forwarded: 'Cookie: asid=k;  sidx=1\r\n' })
})

test('the same text in another field stays', () => {
  for (const other of ['A: sid=k', 'My-Cookie: sid=k', 'A: 1sid=k2', 'Cookies: sid=k'])
    assert.deepEqual(taken(other, 'Cookie: sid=k', 'B: sid=k'), { key: 'k', forwarded: `${other}\r\nB: sid=k\r\n` })
})

test('blanks around the name are none of it', () => {
  assert.deepEqual(taken('Cookie: sid =k'), { key: 'k', forwarded: '' })
  assert.equal(taken('Cookie: sid =k; sid=k').key, several)
})

test('two are too many, in one line or in two', () => {
  assert.equal(taken('Cookie: sid=k; a=1; sid=k').key, several)
  assert.equal(taken('Cookie: sid=k', 'Cookie: sid=l').key, several)
})
