import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limitedResponseFields, responseFields } from '../../../../src/gateway/http1/response-fields.ts'
import { ResponseHead } from '../../../../src/gateway/http1/response-head.ts'

function bytesOf(...lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

function read(...lines: readonly string[]): ResponseHead | null {
  const head = new ResponseHead()
  const whole = head.read(bytesOf(...lines), 0, responseFields)
  assert.notEqual(whole, 'incomplete', JSON.stringify(lines))
  return whole === true ? head : null
}

function accepted(...lines: readonly string[]): ResponseHead {
  const head = read(...lines)
  assert.ok(head !== null, JSON.stringify(lines))
  return head
}

function refused(cases: readonly (readonly string[])[]): void {
  for (const lines of cases) assert.equal(read(...lines), null, JSON.stringify(lines))
}

const ok = 'HTTP/1.1 200 OK'

describe('the status line', () => {
  it('is taken apart', () => {
    const head = accepted('HTTP/1.1 404 Not  Found here')
    assert.deepEqual([head.status, head.statusText, head.minorVersion], [404, '404 Not  Found here', 1])
  })

  it('may lack a reason, and the space before it', () => {
    assert.equal(accepted('HTTP/1.1 200 ').statusText, '200 ')
    assert.equal(accepted('HTTP/1.1 200').statusText, '200')
  })

  it('may be of HTTP/1.0', () => {
    assert.equal(accepted('HTTP/1.0 200 OK').minorVersion, 0)
  })

  it('may have any status from 100 to 599', () => {
    assert.equal(accepted('HTTP/1.1 100 x').status, 100)
    assert.equal(accepted('HTTP/1.1 599 x').status, 599)
  })

  it('is refused otherwise', () => {
    const lines = [
      '',
      'HTTP/2 200',
      'HTTP/2.0 200 OK',
      'HTTP/1.2 200 OK',
      'http/1.1 200 OK',
      'HTTP/1.1  200 OK',
      'HTTP/1.1\t200 OK',
      'HTTP/1.1 20 OK',
      'HTTP/1.1 2000 OK',
      'HTTP/1.1 099 x',
      'HTTP/1.1 600 x',
      'HTTP/1.1 999 x',
      'HTTP/1.1 +20 OK',
      'HTTP/1.1 2 0 OK',
      'HTTP/1.1 200-OK',
      'HTTP/1.1 200 O\0K',
      'HTTP/1.1 200 O\nK',
      'HTTP/1.1 200 O\rK',
      'ICY 200 OK',
      ' HTTP/1.1 200 OK',
    ]
    refused(lines.map((line) => [line]))
  })
})

describe('field lines', () => {
  it('are passed on as they were sent, except those for this hop', () => {
    const head = accepted(
      ok,
      'Set-Cookie: a=1',
      'Connection: close',
      'set-cookie: b=2 ',
      'Keep-Alive: timeout=5',
      'Trailer: X',
      'TE: x',
      'Upgrade: h2c',
      'Proxy-Connection: x',
      'X-Request-Id: theirs',
      'Content-Length: 3',
    )
    assert.equal(head.forwarded, 'Set-Cookie: a=1\r\nset-cookie: b=2 \r\n')
  })

  it('are left out where Connection lists them', () => {
    assert.equal(accepted(ok, 'X-A: 1', 'Connection: X-A, close', 'X-B: 2').forwarded, 'X-B: 2\r\n')
  })

  it("leave out the backend's own quota where the gateway has one", () => {
    const head = new ResponseHead()
    assert.equal(head.read(bytesOf(ok, 'RateLimit: x', 'RateLimit-Policy: y', 'A: 1'), 0, limitedResponseFields), true)
    assert.equal(head.forwarded, 'A: 1\r\n')
    assert.equal(accepted(ok, 'RateLimit: x').forwarded, 'RateLimit: x\r\n')
  })

  it('tell whether there is a date', () => {
    assert.equal(accepted(ok, 'Date: x').hasDate, true)
    assert.equal(accepted(ok).hasDate, false)
  })

  it('are refused with anything that two readers could take differently', () => {
    const lines = [': a', 'X : a', ' X: a', 'X', 'X: a\0', 'X: a\nY: b', 'X: a\rY: b', 'X\x7f: a', 'X: \x1b[31m']
    refused(lines.map((line) => [ok, line]))
    refused([[ok, 'X: a', ' folded']])
  })

  it('are bounded in number', () => {
    accepted(ok, ...Array<string>(500).fill('X: a'))
    refused([[ok, ...Array<string>(501).fill('X: a')]])
  })
})

describe('framing', () => {
  it('is by length, by chunks or by the end of the connection', () => {
    assert.deepEqual([accepted(ok, 'Content-Length: 12').contentLength, accepted(ok).contentLength], [12, -1])
    assert.deepEqual([accepted(ok, 'Transfer-Encoding: Chunked').chunked, accepted(ok).chunked], [true, false])
  })

  it('is not said by a name with an underscore, which is dropped', () => {
    const { chunked, contentLength, forwarded } = accepted(ok, 'Transfer_Encoding: chunked', 'Content_Length: 5', 'Content-Length: 3')
    assert.deepEqual({ chunked, contentLength, forwarded }, { chunked: false, contentLength: 3, forwarded: '' })
  })

  it('is refused where it is not said in one clear way', () => {
    refused([
      [ok, 'Content-Length: 5', 'Content-Length: 5'],
      [ok, 'Content-Length: 5', 'Transfer-Encoding: chunked'],
      [ok, 'Content-Length: 5, 5'],
      [ok, 'Content-Length: +5'],
      [ok, 'Content-Length:'],
      [ok, 'Content-Length: -1'],
      [ok, 'Content-Length: \xa05'],
      [ok, 'Transfer-Encoding: chunked\xa0'],
      [ok, 'Transfer-Encoding: gzip'],
      [ok, 'Transfer-Encoding: gzip, chunked'],
      [ok, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
      [ok, 'Transfer-Encoding: identity'],
      ['HTTP/1.0 200 OK', 'Transfer-Encoding: chunked'],
    ])
  })
})

describe('Connection', () => {
  it('tells whether another request may follow', () => {
    assert.equal(accepted(ok).keepAlive, true)
    assert.equal(accepted(ok, 'Connection: close').keepAlive, false)
    assert.equal(accepted(ok, 'Connection: x, CLOSE').keepAlive, false)
    assert.equal(accepted('HTTP/1.0 200 OK').keepAlive, false)
  })

  it('tells for how long', () => {
    assert.equal(accepted(ok).keepAliveTimeout, -1)
    assert.equal(accepted(ok, 'Keep-Alive: timeout=5').keepAliveTimeout, 5)
    assert.equal(accepted(ok, 'Keep-Alive: max=100, timeout=12').keepAliveTimeout, 12)
    assert.equal(accepted(ok, 'Keep-Alive: nonsense').keepAliveTimeout, -1)
  })
})

describe('a head that comes in pieces', () => {
  const whole = bytesOf('HTTP/1.1 200 OK', 'Content-Length: 3', 'Connection: x, keep-alive', 'X: 1', 'Y: 2 ')

  it('is incomplete at each point before its end', () => {
    const head = new ResponseHead()
    for (let length = 0; length < whole.length; length++) {
      assert.equal(head.read(whole.subarray(0, length), 0, responseFields), 'incomplete', `after ${length} bytes`)
    }
    assert.equal(head.read(whole, 0, responseFields), true)
  })

  it('is the same wherever it stands, and says where it ends', () => {
    const head = new ResponseHead()
    assert.equal(head.read(Buffer.concat([Buffer.from('HTTP'), whole, Buffer.from('abc')]), 4, responseFields), true)
    assert.deepEqual([head.end, head.status, head.forwarded, head.contentLength], [4 + whole.length, 200, 'Y: 2 \r\n', 3])
  })
})
