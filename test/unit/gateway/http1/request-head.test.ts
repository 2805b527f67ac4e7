import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RefusalKind } from '../../../../src/contract/refusals.ts'
import { requestFields, requestSlots } from '../../../../src/gateway/http1/request-fields.ts'
import { RequestHead } from '../../../../src/gateway/http1/request-head.ts'

const fields = requestFields(['x-api-token'])

function newHead(limits = { maxFields: 100, maxHead: 16_384 }): RequestHead {
  return new RequestHead(fields.watched, limits)
}

function bytesOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

/** Reads `lines` as a whole head. */
function read(...lines: readonly string[]): { head: RequestHead; refused: RefusalKind | 'incomplete' | undefined } {
  const head = newHead()
  return { head, refused: head.read(bytesOf(lines), 0) }
}

function accepted(...lines: readonly string[]): RequestHead {
  const { head, refused } = read(...lines)
  assert.equal(refused, undefined)
  return head
}

function refusedAs(kind: RefusalKind, cases: readonly (readonly string[])[]): void {
  for (const lines of cases) assert.equal(read(...lines).refused, kind, JSON.stringify(lines))
}

const get = 'GET / HTTP/1.1'
const host = 'Host: a'

describe('the request line', () => {
  it('is taken apart', () => {
    const head = accepted('GET /a?b=c HTTP/1.1', host)
    assert.deepEqual([head.method, head.target, head.minorVersion], ['GET', '/a?b=c', 1])
  })

  it('may say HTTP/1.0', () => {
    assert.equal(accepted('GET / HTTP/1.0').minorVersion, 0)
  })

  it('keeps whatever token the method is', () => {
    assert.equal(accepted("a!#$%&'*+-.^_`|~9 / HTTP/1.1", host).method, "a!#$%&'*+-.^_`|~9")
  })

  it('is refused where it is not exactly three parts with one space between them', () => {
    const lines = ['', ' ', 'GET', 'GET ', 'GET /', 'GET / ', 'GET  / HTTP/1.1', 'GET /  HTTP/1.1', 'GET / HTTP/1.1 ', ' GET / HTTP/1.1']
    refusedAs(
      'bad-request',
      lines.map((line) => [line, host]),
    )
  })

  it('is refused with a tab, a control character, a bare CR or LF, or DEL in it', () => {
    const lines = [
      'GET\t/ HTTP/1.1',
      'GET /\tHTTP/1.1',
      'GET /\0 HTTP/1.1',
      'GET /\x7f HTTP/1.1',
      'GET /a\rb HTTP/1.1',
      'GET /\n HTTP/1.1',
      'G\nET / HTTP/1.1',
    ]
    refusedAs(
      'bad-request',
      lines.map((line) => [line, host]),
    )
  })

  it('is refused where the method is not a token', () => {
    const lines = ['G@T / HTTP/1.1', 'GET: / HTTP/1.1', '"GET" / HTTP/1.1', 'G\u00c9T / HTTP/1.1', '\x16\x03\x01 / HTTP/1.1']
    refusedAs(
      'bad-request',
      lines.map((line) => [line, host]),
    )
  })

  it('is refused with another version of HTTP', () => {
    const versions = ['HTTP/1.2', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/3.0', 'HTTP/9.9', 'HTTP/2', 'HTTP/1']
    refusedAs(
      'bad-version',
      versions.map((version) => [`GET / ${version}`, host]),
    )
  })

  it('is refused where the version is none', () => {
    const versions = [
      'http/1.1',
      'Http/1.1',
      'HTTP/1.',
      'HTTP/.1',
      'HTTP/11.1',
      'HTTP/1.10',
      'HTTP/01.1',
      'HTTP /1.1',
      'HTTP/1,1',
      'HTTP/1.1x',
      'HTTP/a.b',
      'HTCPCP/1.0',
      'HTTP/1.1\r',
      '\u00a0HTTP/1.1',
    ]
    refusedAs(
      'bad-request',
      versions.map((version) => [`GET / ${version}`, host]),
    )
  })
})

describe('field lines', () => {
  it('are kept as they were sent, in their order', () => {
    const head = accepted(get, 'X-B:  b\t', 'x-a: 1', 'x-a: 2', 'Empty:')
    assert.equal(head.forwarded, 'X-B:  b\t\r\nx-a: 1\r\nx-a: 2\r\nEmpty:\r\n')
  })

  it('may hold bytes beyond ASCII and tabs in the value', () => {
    assert.equal(accepted(get, 'X: caf\u00e9 \x80\xff\t!').forwarded, 'X: caf\u00e9 \x80\xff\t!\r\n')
  })

  it('are refused with a control character in the value', () => {
    for (let code = 0; code < 0x20; code++) {
      if (code !== 0x09) refusedAs('bad-request', [[get, `X: a${String.fromCharCode(code)}b`, host]])
    }
    refusedAs('bad-request', [[get, 'X: a\x7fb', host]])
  })

  it('are refused where the name is not a token directly before the colon', () => {
    const lines = [
      ': a',
      'X : a',
      'X\t: a',
      ' X: a',
      '\tX: a',
      'X',
      'X a: b',
      '"X": a',
      'X\0: a',
      'X\u00e9: a',
      'X\r: a',
      '(X): a',
      'X\n: a',
    ]
    refusedAs(
      'bad-request',
      lines.map((line) => [get, host, line]),
    )
  })

  it('are refused where one continues on the next line', () => {
    refusedAs('bad-request', [
      [get, 'X: a', ' b', host],
      [get, 'X: a', '\tb', host],
      [get, 'Transfer-Encoding:', ' chunked', host],
    ])
  })

  it('are refused beyond the number that the plan allows', () => {
    const lines = (count: number): Buffer => bytesOf([get, ...Array<string>(count).fill('X: a')])
    assert.equal(newHead({ maxFields: 5, maxHead: 1000 }).read(lines(5), 0), undefined)
    assert.equal(newHead({ maxFields: 5, maxHead: 1000 }).read(lines(6), 0), 'head-too-large')
  })

  it('are refused beyond the size that the plan allows', () => {
    const lines = (bytes: number): Buffer => bytesOf([get, `X: ${'a'.repeat(bytes - 5)}`])
    assert.equal(newHead({ maxFields: 5, maxHead: 1000 }).read(lines(1000), 0), undefined)
    assert.equal(newHead({ maxFields: 5, maxHead: 1000 }).read(lines(1001), 0), 'head-too-large')
  })
})

describe('watched fields', () => {
  it('are found in any case, with the white space around the value cut off', () => {
    const head = accepted(get, 'hOsT: \t example.com \t', 'AUTHORIZATION: Bearer x', 'x-api-token:abc')
    assert.equal(head.value(requestSlots.host), 'example.com')
    assert.equal(head.value(requestSlots.authorization), 'Bearer x')
    assert.equal(head.value(fields.credentialSlots.get('x-api-token')!), 'abc')
    assert.equal(head.value(requestSlots.expect), undefined)
  })

  it('are counted', () => {
    const head = accepted(get, 'Host: a', 'Host: b', 'Authorization: x')
    assert.equal(head.occurrences(requestSlots.host), 2)
    assert.equal(head.occurrences(requestSlots.authorization), 1)
    assert.equal(head.occurrences(requestSlots.accept), 0)
  })

  it('can be had with the values of all their lines', () => {
    const several = accepted(get, 'X-Forwarded-For: a, b', 'X-Forwarded-Form: c', 'x-FORWARDED-for:\td ', 'X_Forwarded_For: e')
    assert.equal(several.values(requestSlots.forwardedFor), 'a, b, d')
    assert.equal(several.values(requestSlots.forwarded), undefined)
    assert.equal(accepted(get, 'X-Forwarded-For: a ').values(requestSlots.forwardedFor), 'a')
  })

  it('are empty rather than absent where the value is', () => {
    assert.equal(accepted(get, 'Authorization:').value(requestSlots.authorization), '')
    assert.equal(accepted(get, 'Authorization: \t ').value(requestSlots.authorization), '')
  })

  it('do not outlive their head', () => {
    const head = newHead()
    head.read(bytesOf([get, 'Authorization: Bearer x', 'Content-Length: 3', 'Connection: close', 'Expect: 100-continue']), 0)
    assert.equal(head.read(bytesOf([get, host]), 0), undefined)
    assert.equal(head.value(requestSlots.authorization), undefined)
    assert.deepEqual([head.contentLength, head.chunked, head.keepAlive, head.expectsContinue], [-1, false, true, false])
  })

  it('of a head that was refused are not those of the head before it', () => {
    const head = newHead()
    head.read(bytesOf(['HEAD / HTTP/1.1', 'Accept: application/xml']), 0)
    assert.equal(head.read(bytesOf(['\x01']), 0), 'bad-request')
    assert.equal(head.value(requestSlots.accept), undefined)
  })
})

describe('what a backend never gets as the client sent it', () => {
  it('is left out in any case and wherever it stands', () => {
    const dropped = [
      'Host: a',
      'Expect: 100-continue',
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: close',
      'TE: trailers',
      'Trailer: X',
      'Upgrade: websocket',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      'authorization: Bearer x',
      'Proxy-Authorization: Basic x',
      'X-API-Token: x',
      'Forwarded: for=1.2.3.4',
      'x-forwarded-for: 1.2.3.4',
      'X-FORWARDED-HOST: evil',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Port: 443',
      'X-Forwarded-Prefix: /',
      'X-Forwarded-Server: s',
      'X-Forwarded-Ssl: on',
      'X-Real-IP: 1.2.3.4',
      'X-Request-Id: mine',
      'X-JWT-Assertion: forged',
    ]
    assert.equal(accepted(get, ...dropped, 'Content-Length: 0').forwarded, '')
    assert.equal(accepted(get, 'A: 1', ...dropped, 'B: 2').forwarded, 'A: 1\r\nB: 2\r\n')
    for (const line of dropped) assert.equal(accepted(get, 'A: 1', line, 'B: 2').forwarded, 'A: 1\r\nB: 2\r\n', line)
  })

  it('is left out, and not believed, where it is spelled with an underscore', () => {
    const spelled = [
      'X_Forwarded_For: 1.2.3.4',
      'x_jwt_assertion: x',
      'Transfer_Encoding: chunked',
      'CONTENT_LENGTH: 5',
      'X-Request_Id: x',
      'x_api-token: x',
    ]
    const head = accepted(get, 'A: 1', ...spelled, 'A_B: 2')
    assert.equal(head.forwarded, 'A: 1\r\nA_B: 2\r\n')
    assert.equal(head.chunked, false)
    assert.equal(head.contentLength, -1)
    assert.equal(head.occurrences(requestSlots.forwardedFor), 0)
    assert.equal(head.occurrences(fields.credentialSlots.get('x-api-token')!), 0)
  })
})

describe('framing', () => {
  it('is by Content-Length', () => {
    assert.equal(accepted(get, 'Content-Length: 0').contentLength, 0)
    assert.equal(accepted(get, 'Content-Length:42').contentLength, 42)
    assert.equal(accepted(get, `Content-Length: ${Number.MAX_SAFE_INTEGER}`).contentLength, Number.MAX_SAFE_INTEGER)
  })

  it('is by chunks', () => {
    for (const value of ['chunked', 'Chunked', 'CHUNKED', ' chunked\t']) {
      const head = accepted(get, `Transfer-Encoding: ${value}`)
      assert.deepEqual([head.chunked, head.contentLength], [true, -1])
    }
  })

  it('is refused with a Content-Length that is not one plain number', () => {
    const values = [
      '',
      '+5',
      '-5',
      '5,5',
      '5, 5',
      '5 5',
      '0x5',
      '5.0',
      '5e1',
      '\u0661',
      'five',
      '9007199254740992',
      '99999999999999999999',
      '5;',
      '"5"',
      '5\t5',
    ]
    refusedAs(
      'bad-framing',
      values.map((value) => [get, `Content-Length: ${value}`]),
    )
  })

  it('is refused with two Content-Length fields, equal ones too', () => {
    refusedAs('bad-framing', [
      [get, 'Content-Length: 5', 'Content-Length: 5'],
      [get, 'Content-Length: 5', 'content-length: 6'],
    ])
  })

  it('is refused with a Transfer-Encoding that is not chunked alone', () => {
    const values = [
      '',
      'identity',
      'gzip',
      'gzip, chunked',
      'chunked, gzip',
      'chunked, chunked',
      'chunked;q=1',
      'xchunked',
      'chunke',
      'chunked,',
      ',chunked',
      '"chunked"',
      'chunked\u00a0',
      'chunked chunked',
    ]
    refusedAs(
      'bad-framing',
      values.map((value) => [get, `Transfer-Encoding: ${value}`]),
    )
  })

  it('is refused with two Transfer-Encoding fields', () => {
    refusedAs('bad-framing', [
      [get, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
      [get, 'Transfer-Encoding: identity', 'Transfer-Encoding: chunked'],
    ])
  })

  it('is refused with both, in any order', () => {
    refusedAs('bad-framing', [
      [get, 'Content-Length: 5', 'Transfer-Encoding: chunked'],
      [get, 'Transfer-Encoding: chunked', 'Content-Length: 5'],
      [get, 'Transfer-Encoding: chunked', 'Content-Length: 0'],
    ])
  })

  it('is refused with chunks in HTTP/1.0', () => {
    refusedAs('bad-framing', [['POST / HTTP/1.0', 'Transfer-Encoding: chunked']])
  })
})

describe('Expect', () => {
  it('is understood for 100-continue', () => {
    assert.equal(accepted(get, 'Expect: 100-continue').expectsContinue, true)
    assert.equal(accepted(get, 'Expect: 100-Continue').expectsContinue, true)
  })

  it('of an HTTP/1.0 client is not believed', () => {
    assert.equal(accepted('GET / HTTP/1.0', 'Expect: 100-continue').expectsContinue, false)
  })

  it('is refused for anything else', () => {
    refusedAs('bad-expectation', [
      [get, 'Expect: 200-ok'],
      [get, 'Expect:'],
      [get, 'Expect: 100-continue, x'],
      [get, 'Expect: x', 'Expect: 100-continue'],
    ])
  })
})

describe('Connection', () => {
  it('keeps HTTP/1.1 connections unless it says close', () => {
    assert.equal(accepted(get).keepAlive, true)
    assert.equal(accepted(get, 'Connection: keep-alive').keepAlive, true)
    for (const value of ['close', 'Close', 'x, CLOSE', 'close, keep-alive', 'keep-alive,close']) {
      assert.equal(accepted(get, `Connection: ${value}`).keepAlive, false, value)
    }
    assert.equal(accepted(get, 'Connection: close', 'Connection: keep-alive').keepAlive, false)
  })

  it('closes HTTP/1.0 connections unless it says keep-alive', () => {
    assert.equal(accepted('GET / HTTP/1.0').keepAlive, false)
    assert.equal(accepted('GET / HTTP/1.0', 'Connection: Keep-Alive').keepAlive, true)
    assert.equal(accepted('GET / HTTP/1.0', 'Connection: KEEP-ALIVE').keepAlive, true)
  })

  it('takes the fields with it that it lists', () => {
    const head = accepted(get, 'X-A: 1', 'Connection: x-a, Keep-Alive', 'X-B: 2', 'connection: X-C', 'x-c: 3', 'X-A: 4')
    assert.equal(head.forwarded, 'X-B: 2\r\n')
  })

  it('cannot take away what the gateway reads', () => {
    const head = accepted(get, 'Connection: content-length, host, authorization', 'Host: a', 'Content-Length: 3', 'Authorization: x')
    assert.equal(head.contentLength, 3)
    assert.equal(head.value(requestSlots.host), 'a')
    assert.equal(head.value(requestSlots.authorization), 'x')
  })

  it('is refused where it lists what cannot be a name', () => {
    refusedAs('bad-request', [
      [get, 'Connection: a b'],
      [get, 'Connection: close, \xa0a'],
      [get, 'Connection: "close"'],
      [get, 'Connection: close;x'],
    ])
  })
})

describe('a head that comes in pieces', () => {
  const lines = [
    'POST /a?b HTTP/1.1',
    'Host: example.com',
    'X_Y: \x80',
    'Content-Length: 3',
    'connection: X-A',
    'X-A: 1',
    'Empty:',
    'Last:  value ',
  ]
  const whole = bytesOf(lines)

  it('is incomplete at each point before its end', () => {
    const head = newHead()
    for (let length = 0; length < whole.length; length++) {
      assert.equal(head.read(whole.subarray(0, length), 0), 'incomplete', `after ${length} bytes`)
    }
    assert.equal(head.read(whole, 0), undefined)
  })

  it('is the same wherever it stands, and says where it ends', () => {
    const alone = newHead()
    alone.read(whole, 0)
    const within = newHead()
    assert.equal(within.read(Buffer.concat([Buffer.from('GET \r\n\r\n'), whole, Buffer.from('abcGET')]), 8), undefined)
    assert.equal(within.end, 8 + whole.length)
    const parts = (head: RequestHead): readonly unknown[] => [
      head.method,
      head.target,
      head.forwarded,
      head.contentLength,
      head.value(requestSlots.host),
    ]
    assert.deepEqual(parts(within), parts(alone))
    assert.deepEqual(parts(alone), ['POST', '/a?b', 'X_Y: \x80\r\nEmpty:\r\nLast:  value \r\n', 3, 'example.com'])
  })

  it('is refused no later than the whole is', () => {
    const bad = ['GE\0', 'GET /\n', 'GET / HTTX', 'GET / HTTP/1.1\r\nHost: a\n', 'GET / HTTP/1.1\r\nHost : a\r', 'GET / HTTP/1.1\r\n\x16']
    for (const text of bad) assert.equal(newHead().read(Buffer.from(text, 'latin1'), 0), 'bad-request', JSON.stringify(text))
    assert.equal(newHead({ maxFields: 5, maxHead: 100 }).read(Buffer.from(`${get}\r\nX: ${'a'.repeat(200)}`), 0), 'head-too-large')
  })
})

describe('a watched field with `_` in its name', () => {
  const readWith = (
    names: readonly string[],
    ...lines: readonly string[]
  ): { values: readonly (string | undefined)[]; forwarded: string } => {
    const own = requestFields(names)
    const head = new RequestHead(own.watched, { maxFields: 100, maxHead: 16_384 })
    assert.equal(head.read(bytesOf([get, host, ...lines]), 0), undefined)
    return { values: names.map((name) => head.value(own.slot(name))), forwarded: head.forwarded }
  }

  it('is read under that name, and dropped under every name that looks like it', () => {
    assert.deepEqual(readWith(['api_key'], 'Api_Key: 1', 'api-key: 2'), { values: ['1'], forwarded: '' })
    assert.deepEqual(readWith(['api_key'], 'api-key: 2'), { values: [undefined], forwarded: '' })
  })

  it('is told from one with `-` that is watched as well', () => {
    const expected = { values: ['1', '2'], forwarded: '' }
    assert.deepEqual(readWith(['api_key', 'api-key'], 'api_key: 1', 'api-key: 2'), expected)
    assert.deepEqual(readWith(['api_key', 'api-key'], 'api-key: 2', 'api_key: 1'), expected)
  })
})
