import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { requestFields } from '../../../../src/gateway/http1/request-fields.ts'
import { RequestHead } from '../../../../src/gateway/http1/request-head.ts'
import { ForwardedFields } from '../../../../src/gateway/listener/forwarded-fields.ts'

function headWith(...lines: readonly string[]): RequestHead {
  const head = new RequestHead(requestFields([]).watched, { maxFields: 100, maxHead: 16_384 })
  head.read(Buffer.from(`${['GET / HTTP/1.1', ...lines].join('\r\n')}\r\n\r\n`), 0)
  return head
}

function linesOf(fields: ForwardedFields, head: RequestHead, host = 'a.example'): readonly string[] {
  const text = fields.lines(head, host)
  assert.ok(text.endsWith('\r\n'))
  return text.slice(0, -2).split('\r\n')
}

const claims = [
  'X-Forwarded-For: 203.0.113.7',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: outside',
  'Forwarded: for=203.0.113.7;proto=https',
]

describe('the forwarded fields', () => {
  it('say what the connection says, whatever a stranger claims', () => {
    const fields = new ForwardedFields('192.0.2.1', 'http', false)
    const expected = [
      'X-Forwarded-For: 192.0.2.1',
      'X-Forwarded-Proto: http',
      'X-Forwarded-Host: a.example',
      'Forwarded: for=192.0.2.1;host="a.example";proto=http',
    ]
    assert.deepEqual(linesOf(fields, headWith()), expected)
    assert.deepEqual(linesOf(fields, headWith(...claims)), expected)
  })

  it('follow the host from request to request', () => {
    const fields = new ForwardedFields('192.0.2.1', 'http', false)
    for (const host of ['a', 'b', 'a']) assert.ok(linesOf(fields, headWith(), host).includes(`X-Forwarded-Host: ${host}`))
  })

  it('leave the host out where there is none', () => {
    const lines = linesOf(new ForwardedFields('192.0.2.1', 'http', false), headWith(), '')
    assert.deepEqual(lines, ['X-Forwarded-For: 192.0.2.1', 'X-Forwarded-Proto: http', 'Forwarded: for=192.0.2.1;proto=http'])
  })

  it('quote an IPv6 address as RFC 7239 asks', () => {
    const lines = linesOf(new ForwardedFields('2001:db8::1', 'http', false), headWith())
    assert.equal(lines[0], 'X-Forwarded-For: 2001:db8::1')
    assert.equal(lines[3], 'Forwarded: for="[2001:db8::1]";host="a.example";proto=http')
  })

  it('keep what a trusted proxy says in front', () => {
    const fields = new ForwardedFields('10.0.0.1', 'http', true)
    assert.deepEqual(linesOf(fields, headWith(...claims)), [
      'X-Forwarded-For: 203.0.113.7, 10.0.0.1',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: outside',
      'Forwarded: for=203.0.113.7;proto=https, for=10.0.0.1;host="a.example";proto=http',
    ])
    assert.deepEqual(linesOf(fields, headWith())[0], 'X-Forwarded-For: 10.0.0.1')
  })

  it('keep all lines that a trusted proxy sends, in their order', () => {
    const fields = new ForwardedFields('10.0.0.1', 'http', true)
    const lines = linesOf(
      fields,
      headWith('X-Forwarded-For: 6.6.6.6', 'x-forwarded-for:203.0.113.7 ', 'Forwarded: for=6.6.6.6', 'Forwarded: for=203.0.113.7'),
    )
    assert.equal(lines[0], 'X-Forwarded-For: 6.6.6.6, 203.0.113.7, 10.0.0.1')
    assert.equal(lines[3], 'Forwarded: for=6.6.6.6, for=203.0.113.7, for=10.0.0.1;host="a.example";proto=http')
  })
})
