/** data-plane.md, "Towards the backend": no client can speak to the backend in the gateway's name. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Seen, seen } from '../../wire/backend.ts'
import { OpenGateway } from './open-gateway.ts'

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start()
})
after(() => gateway.stop())

/** What the backend sees of a request with these field lines, Host not among them. */
async function forward(...lines: readonly string[]): Promise<Seen> {
  const answer = await gateway.ask(`POST /a HTTP/1.1\r\n${['Host: example.com', ...lines].join('\r\n')}\r\n\r\n`)
  assert.equal(answer.status, 200, answer.message.text)
  return seen(answer)
}

/** Values of all fields whose names a careless backend could take for `name`. */
function values(request: Seen, name: string): readonly string[] {
  const folded = (text: string): string => text.toLowerCase().replaceAll('_', '-')
  return request.fields.filter(([own]) => folded(own) === name).map(([, value]) => value)
}

const forged: Readonly<Record<string, readonly string[]>> = {
  'x-forwarded-for': ['X-Forwarded-For: 6.6.6.6', 'x-forwarded-for: 6.6.6.6', 'X_Forwarded_For: 6.6.6.6', 'x-forwarded_for: 6.6.6.6'],
  'x-forwarded-host': ['X-Forwarded-Host: evil', 'X_FORWARDED_HOST: evil'],
  'x-forwarded-proto': ['X-Forwarded-Proto: https', 'X_Forwarded_Proto: https'],
  forwarded: ['Forwarded: for=6.6.6.6;proto=https', 'FORWARDED: for=6.6.6.6'],
  'x-request-id': ['X-Request-Id: forged', 'X_Request_Id: forged', 'x-request_id: forged'],
}

describe('a field that the gateway sets', () => {
  for (const [name, lines] of Object.entries(forged)) {
    for (const line of lines) {
      it(`stands there once, and not as ${line}`, async () => {
        const own = values(await forward(line, line), name)
        assert.equal(own.length, 1)
        assert.ok(!line.endsWith(own[0]!))
        assert.doesNotMatch(own[0]!, /6\.6\.6\.6|evil|https|forged/)
      })
    }
  }

  it('is not taken away by Connection', async () => {
    const names = ['host', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'x-request-id', 'via', 'content-length']
    const request = await forward(
      `Connection: close, ${names.join(', ')}`,
      `Connection: ${names.join(',').toUpperCase()}`,
      'Content-Length: 0',
    )
    for (const name of names) assert.equal(values(request, name).length, 1, name)
  })
})

describe('a field that nobody but the gateway may send', () => {
  const lines = [
    'X-JWT-Assertion: e30.e30.',
    'x_jwt_assertion: e30.e30.',
    'X-Real-IP: 6.6.6.6',
    'X_Real_IP: 6.6.6.6',
    'X-Forwarded-Port: 443',
    'X-Forwarded-Prefix: /evil',
    'X-Forwarded-Server: evil',
    'X-Forwarded-Ssl: on',
    'X-Client-IP: 6.6.6.6',
    'True-Client-IP: 6.6.6.6',
    'X-Cluster-Client-IP: 6.6.6.6',
    'CF-Connecting-IP: 6.6.6.6',
    'X-Original-URL: /admin',
    'X_Original_URL: /admin',
    'X-Rewrite-URL: /admin',
    'X-HTTP-Method: DELETE',
    'X-HTTP-Method-Override: DELETE',
    'x-http-method_override: DELETE',
    'X-Method-Override: DELETE',
    'Authorization: Bearer secret',
    'authorization: Basic c2VjcmV0',
    'Proxy-Authorization: Basic c2VjcmV0',
    'Proxy_Authorization: Basic c2VjcmV0',
  ]
  for (const line of lines) {
    it(`is dropped: ${line}`, async () => {
      const name = line.slice(0, line.indexOf(':')).toLowerCase().replaceAll('_', '-')
      assert.deepEqual(values(await forward(line), name), [])
    })
  }
})

describe('a field for this hop', () => {
  const lines = [
    'Connection: x-a',
    'Keep-Alive: timeout=5',
    'Proxy-Connection: keep-alive',
    'TE: trailers',
    'TE: gzip',
    'Trailer: X-A',
    'Upgrade: websocket',
    'HTTP2-Settings: AAMAAABkAAQAAP__',
    'Expect: 100-continue',
    'Transfer_Encoding: chunked',
    'Content_Length: 5',
    'Proxy_Connection: close',
  ]
  for (const line of lines) {
    it(`is dropped: ${line}`, async () => {
      const name = line.slice(0, line.indexOf(':')).toLowerCase().replaceAll('_', '-')
      assert.deepEqual(values(await forward(line), name), [])
    })
  }

  it('takes others with it that Connection lists, in any case and on any line', async () => {
    const request = await forward('X-A: 1', 'Connection: x-a', 'X-B: 2', 'connection: close, X-B , X-C', 'x-c: 3', 'X-D: 4')
    assert.deepEqual(
      request.fields.filter(([name]) => /^x-[a-d]$/i.test(name)),
      [['X-D', '4']],
    )
  })

  it('asks for no upgrade, even to HTTP/2', async () => {
    const request = await forward('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__')
    for (const name of ['connection', 'upgrade', 'http2-settings']) assert.deepEqual(values(request, name), [])
  })
})

describe('Host', () => {
  it("is the backend's, and the client's stands in X-Forwarded-Host", async () => {
    const request = await forward()
    assert.deepEqual(values(request, 'host'), [`127.0.0.1:${gateway.backend.port}`])
    assert.deepEqual(values(request, 'x-forwarded-host'), ['example.com'])
  })

  it('cannot break out of Forwarded', async () => {
    const answer = await gateway.ask('GET / HTTP/1.1\r\nHost: a;proto=https\r\n\r\n')
    if (answer.status === 200)
      assert.match(values(seen(answer), 'forwarded')[0] ?? '', /^for=127\.0\.0\.1;host="a;proto=https";proto=http$/)
    else assert.equal(answer.status, 400)
  })
})

describe('framing', () => {
  it('is made anew', async () => {
    const client = await gateway.connect()
    const next = gateway.backend.next()
    const answer = client.answer('POST')
    client.send('POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding:\tCHUNKED \r\n\r\n0003;x=y\r\nabc\r\n1\r\nd\r\n000;z\r\nX: y\r\n\r\n')
    const request = await next
    assert.equal((await request.whole).toString(), 'abcd')
    assert.deepEqual(request.message.values('transfer-encoding'), ['chunked'])
    assert.deepEqual(request.message.values('content-length'), [])
    assert.equal((await answer).status, 200)
    await client.destroy()
  })

  it('of no body is no framing', async () => {
    const request = await forward()
    assert.deepEqual([values(request, 'content-length'), values(request, 'transfer-encoding')], [[], []])
  })
})
