/**
 * Header lists that RFC 9113 §8 calls malformed, and those that would be another request once they are written as HTTP/1.1: refused or
 * reset, and nothing of them reaches a backend. Whether node:http2 or the gateway stops one makes no difference to the test.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Http2WireClient } from '../../wire/http2-client.ts'
import { flags, frame, frameTypes, headerBlock, headers, requestFields } from '../../wire/http2-frames.ts'
import { OpenGateway } from '../http/open-gateway.ts'

type Fields = readonly (readonly [string, string])[]

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start()
})
after(() => gateway.stop())

const method: Fields = [[':method', 'GET']]
const scheme: Fields = [[':scheme', 'http']]
const authority: Fields = [[':authority', 'gateway.test']]
const path: Fields = [[':path', '/']]

function withPath(value: string): Fields {
  return [...method, ...scheme, ...authority, [':path', value]]
}

function withField(name: string, value: string): Fields {
  return [...requestFields, [name, value]]
}

/** How the stream ends: `reset`, `refused` by an answer that is no success, or with the whole connection. */
async function ends(client: Http2WireClient, stream: number): Promise<'reset' | 'refused' | 'closed'> {
  for (;;) {
    const seen = client.frames.find((candidate) => candidate.stream === stream)
    if (seen?.type === frameTypes.resetStream) return 'reset'
    if (seen?.type === frameTypes.headers) return 'refused'
    if (client.closed) return 'closed'
    await client.next()
  }
}

function stopped(cases: Readonly<Record<string, Fields>>): void {
  for (const [name, fields] of Object.entries(cases)) {
    it(name, async () => {
      const { requests, bytes } = gateway.backend
      const client = await Http2WireClient.open(gateway.port)
      client.send(headers(1, fields))
      await ends(client, 1)
      assert.deepEqual([gateway.backend.requests.length, gateway.backend.bytes], [requests.length, bytes], 'the backend got something')
      client.destroy()
    })
  }
}

it('a well-formed request reaches the backend', async () => {
  const client = await Http2WireClient.open(gateway.port)
  client.send(headers(1, [...requestFields, ['te', 'trailers'], ['cookie', 'a=1'], ['cookie', 'b=2']]))
  await client.frame(frameTypes.headers, 1)
  const request = gateway.backend.requests.at(-1)
  assert.deepEqual([request?.method, request?.target, request?.field('Cookie'), request?.field('TE')], ['GET', '/', 'a=1; b=2', undefined])
  client.destroy()
})

/** node:http2 leaves such a field out and goes on without it: the request that the backend gets has no trace of it. */
function leftOut(cases: Readonly<Record<string, Fields>>): void {
  for (const [name, fields] of Object.entries(cases)) {
    it(name, async () => {
      const client = await Http2WireClient.open(gateway.port)
      client.send(headers(1, fields))
      await client.frame(frameTypes.headers, 1)
      const names = gateway.backend.requests.at(-1)!.fields.map(([field]) => field.toLowerCase())
      assert.deepEqual(names, added)
      client.destroy()
    })
  }
}

/** What the gateway says to a backend of its own. */
const added = ['host', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded', 'x-request-id', 'via']

describe('names and values', () => {
  leftOut({
    'an empty name': withField('', 'a'),
    'a name with a space': withField('x y', 'a'),
    'a name with a colon': withField('x:y', 'a'),
    'a name with a line break': withField('x\r\ny', 'a'),
    'CR LF in a value': withField('x', 'a\r\nTransfer-Encoding: chunked'),
    'LF in a value': withField('x', 'a\ny: b'),
    'CR in a value': withField('x', 'a\rb'),
    'NUL in a value': withField('x', 'a\0b'),
    'a control character in a value': withField('x', 'a\x01b'),
    'space around a value': withField('x', ' a '),
    'CR LF in the cookie': withField('cookie', 'a\r\nx: y'),
  })
})

describe('fields that make a request malformed', () => {
  stopped({
    'an upper-case name': withField('X-Name', 'a'),
    connection: withField('connection', 'close'),
    'connection that names a field': withField('connection', 'x-request-id'),
    'keep-alive': withField('keep-alive', 'timeout=5'),
    'proxy-connection': withField('proxy-connection', 'keep-alive'),
    'transfer-encoding': withField('transfer-encoding', 'chunked'),
    upgrade: withField('upgrade', 'websocket'),
    'te with more than trailers': withField('te', 'trailers, deflate'),
    'expect with something else': withField('expect', '200-ok'),
  })
})

describe('pseudo-header fields', () => {
  stopped({
    'no method': [...scheme, ...authority, ...path],
    'no scheme': [...method, ...authority, ...path],
    'no path': [...method, ...scheme, ...authority],
    'no authority and no host': [...method, ...scheme, ...path],
    'an empty path': withPath(''),
    'an empty authority': [...method, ...scheme, [':authority', ''], ...path],
    'two methods': [...method, ...requestFields],
    'two paths': [...requestFields, ...path],
    'two authorities': [...requestFields, ...authority],
    'one of an answer': [...requestFields, [':status', '200']],
    'one that nobody knows': [...requestFields, [':other', 'x']],
    'a scheme that is no HTTP': [...method, [':scheme', 'ftp'], ...authority, ...path],
    'behind a field': [...method, ...scheme, ...authority, ['x', 'y'], ...path],
    CONNECT: [[':method', 'CONNECT'], ...authority],
    'CONNECT with a protocol': [[':method', 'CONNECT'], [':protocol', 'websocket'], ...scheme, ...authority, ...path],
    'a method that ends the request line': [[':method', 'GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\nGET'], ...scheme, ...authority, ...path],
    'a method with a space': [[':method', 'GET /x'], ...scheme, ...authority, ...path],
    'an authority that ends the line': [...method, ...scheme, [':authority', 'a\r\nx: y'], ...path],
  })
})

describe('the target', () => {
  stopped({
    'that ends the request line': withPath('/a HTTP/1.1\r\nx: y'),
    'with a space': withPath('/a b'),
    'with a line break': withPath('/a\r\nb'),
    'with a fragment': withPath('/a#b'),
    'without a slash': withPath('a'),
    'in absolute form': withPath('http://gateway.test/a'),
    'of the server with GET': withPath('*'),
    'with dot segments': withPath('/a/../b'),
    'with encoded dot segments': withPath('/a/%2e%2e/b'),
    'with a backslash': withPath('/a\\b'),
    'with NUL': withPath('/a%00b'),
    'with bytes beyond ASCII': withPath('/\xe9'),
  })
})

describe('the host', () => {
  stopped({
    'that disagrees with the authority': withField('host', 'other.test'),
    'that is given twice': [...withField('host', 'gateway.test'), ['host', 'gateway.test']],
    'with a user': [...method, ...scheme, [':authority', 'user@gateway.test'], ...path],
    'with a path': [...method, ...scheme, [':authority', 'gateway.test/a'], ...path],
    'with a list': [...method, ...scheme, [':authority', 'a,b'], ...path],
  })
})

describe('lengths and credentials', () => {
  stopped({
    'two lengths': [...withField('content-length', '0'), ['content-length', '0']],
    'a length that is no number': withField('content-length', '+1'),
    'a list of lengths': withField('content-length', '0, 0'),
    'a length without content': withField('content-length', '5'),
    'two authorizations': [...withField('authorization', 'Bearer a'), ['authorization', 'Bearer b']],
  })
})

describe('content', () => {
  async function given(length: string, ...content: readonly [string, number][]): Promise<void> {
    const client = await Http2WireClient.open(gateway.port)
    const arrived = gateway.backend.next()
    const fields: Fields = [[':method', 'POST'], ...scheme, ...authority, [':path', '/length'], ['content-length', length]]
    client.send(headers(1, fields, false))
    const request = await arrived
    for (const [text, set] of content) client.send(frame(frameTypes.data, set, 1, Buffer.from(text)))
    await request.closed
    assert.equal(request.message.complete, false, 'the backend got a whole request')
    await ends(client, 1)
    client.destroy()
  }

  it('that is shorter than its length never becomes a whole request', () => given('5', ['abc', flags.endStream]))
  it('that is longer than its length never becomes a whole request', () => given('5', ['abcdefgh', flags.endStream]))
})

describe('frames', () => {
  const cases: Readonly<Record<string, Buffer>> = {
    'content before a request': frame(frameTypes.data, flags.none, 1, Buffer.from('x')),
    'an even stream': headers(2),
    'a header block that is no HPACK': frame(
      frameTypes.headers,
      flags.endHeaders | flags.endStream,
      1,
      Buffer.from([0xff, 0xff, 0xff, 0xff]),
    ),
    'a continuation of nothing': frame(frameTypes.continuation, flags.endHeaders, 1, headerBlock(requestFields)),
    'something else within a header block': Buffer.concat([
      frame(frameTypes.headers, flags.endStream, 1, headerBlock(requestFields)),
      frame(frameTypes.ping, flags.none, 0, Buffer.alloc(8)),
    ]),
    'more padding than there is frame': frame(
      frameTypes.headers,
      flags.endHeaders | flags.endStream | flags.padded,
      1,
      Buffer.from([200, 0]),
    ),
    'settings of a wrong length': frame(frameTypes.settings, flags.none, 0, Buffer.alloc(5)),
    'a frame larger than allowed': frame(frameTypes.data, flags.none, 1, Buffer.alloc(20_000)),
  }
  for (const [name, bytes] of Object.entries(cases)) {
    it(`${name} end the connection`, async () => {
      const client = await Http2WireClient.open(gateway.port)
      client.send(bytes)
      await client.end()
      assert.notEqual(client.goaway, 0)
    })
  }
})
