import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { Seen } from '../wire/backend.ts'
import { Http2WireClient } from '../wire/http2-client.ts'
import { flags, frameTypes, headers, preface, requestFields, settings } from '../wire/http2-frames.ts'
import { answerOf, type Http2Answer, Http2LibraryClient } from '../wire/http2-library-client.ts'
import type { There } from './world.ts'

function seen(answer: Http2Answer): Seen {
  assert.equal(answer.status, 200, answer.body.toString())
  return JSON.parse(answer.body.toString('latin1')) as Seen
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/** HTTP/2 in cleartext, as clients speak it that know that they may. */
export function http2(there: There): void {
  describe('a client that speaks HTTP/2', () => {
    let client: Http2LibraryClient
    before(async () => {
      client = await Http2LibraryClient.connect(there().gateway.port)
    })
    after(() => client.close())

    it('is served like one that speaks HTTP/1.1', async () => {
      const answer = await client.ask('GET', '/open/v1/echo?a=b', { 'x-own': 'value' })
      const { method, target, version, fields } = seen(answer)
      const field = (name: string): string | undefined => fields.find(([candidate]) => candidate.toLowerCase() === name)?.[1]
      assert.deepEqual([method, target, version], ['GET', '/v2/echo?a=b', 'HTTP/1.1'])
      assert.deepEqual(['x-own', 'via', 'x-forwarded-host', 'x-forwarded-proto'].map(field), [
        'value',
        '2.0 postern',
        'gateway.test',
        'http',
      ])
      assert.equal(field('x-request-id'), answer.fields['x-request-id'])
      assert.equal(answer.fields.connection, undefined)
    })

    it('is found in the access log with its protocol', async () => {
      const { fields } = await client.ask('POST', '/open/v1/echo', {}, 'hello')
      const line = await there().gateway.log.find(({ event, requestId }) => event === 'access' && requestId === fields['x-request-id'])
      assert.deepEqual([line.protocol, line.operation, line.status, line.bytesIn], ['2.0', 'echoPost', 200, 5])
    })

    it('is recognised however its first bytes come', async () => {
      const wire = await Http2WireClient.connect(there().gateway.port)
      const fields = requestFields.map(([name, value]): [string, string] => [name, name === ':path' ? '/open/v1/echo' : value])
      for (const byte of Buffer.concat([preface, settings(), headers(1, fields)])) wire.send(Buffer.from([byte]))
      await wire.frame(frameTypes.headers, 1)
      wire.destroy()
    })

    it('has its requests served at the same time on one connection', async () => {
      const paths = Array.from({ length: 8 }, (_, index) => `/open/v1/items/${index}`)
      const answers = await Promise.all(paths.map((path) => client.ask('GET', path)))
      assert.deepEqual(
        answers.map((answer) => seen(answer).target),
        paths.map((path) => path.replace('/open/v1', '/v2')),
      )
    })

    it('is refused for the same reasons', async () => {
      const unknown = await client.ask('GET', '/open/v1/nothing')
      assert.deepEqual([unknown.status, unknown.fields['content-type']], [404, 'application/problem+json'])
      assert.equal((JSON.parse(unknown.body.toString()) as { code: number }).code, 900906)
      assert.equal((await client.ask('PUT', '/open/v1/items')).fields.allow, 'GET, POST')
      const anonymous = await client.ask('GET', '/shop/orders')
      assert.equal(anonymous.status, 401)
      assert.match(anonymous.fields['www-authenticate'] ?? '', /^Bearer/)
    })

    it('authenticates with a token', async () => {
      const [, authorization = ''] = there().project.one.bearer({ scope: 'orders:read' }).split(': ')
      assert.equal(seen(await client.ask('GET', '/shop/orders', { authorization })).target, '/orders')
    })

    it('gets its cookies to the backend in one field', async () => {
      const { fields } = seen(await client.ask('GET', '/open/v1/echo', { cookie: ['a=1', 'b=2'] }))
      assert.deepEqual(fields.find(([name]) => name === 'cookie')?.[1], 'a=1; b=2')
    })

    it('gets several fields of one name', async () => {
      const arrived = there().open.on('/v2/echo?cookies', (request) => request.respond('', ['Set-Cookie: a=1', 'Set-Cookie: b=2']))
      const answer = await client.ask('GET', '/open/v1/echo?cookies')
      await arrived
      assert.deepEqual(answer.fields['set-cookie'], ['a=1', 'b=2'])
    })

    it('sends content with a length, and without one', async () => {
      const framing = /^(?:content-length|transfer-encoding)$/i
      const withLength = seen(await client.ask('POST', '/open/v1/echo', { 'content-length': 5 }, 'hello'))
      assert.deepEqual([withLength.body, withLength.fields.filter(([name]) => framing.test(name))], ['hello', [['Content-Length', '5']]])
      const without = seen(await client.ask('POST', '/open/v1/echo', {}, 'hello'))
      assert.deepEqual([without.body, without.fields.filter(([name]) => framing.test(name))], ['hello', [['Transfer-Encoding', 'chunked']]])
    })

    it('may end a request without content by an empty frame', async () => {
      const stream = client.begin('POST', '/open/v1/echo', {}, null)
      stream.end()
      assert.equal(seen(await answerOf(stream)).body, '')
    })

    it('sends and gets large content whole', async () => {
      const content = Buffer.alloc(8 * 1024 * 1024, 'x')
      for (let at = 0; at < content.length; at += 4096) content.writeUInt32LE(at, at)
      there().open.on('/v2/large?both', async (request) => request.respond(await request.whole))
      const answer = await client.ask('POST', '/open/v1/large?both', {}, content)
      assert.deepEqual([answer.status, sha256(answer.body)], [200, sha256(content)])
    })

    it('is refused content that is too large, while it still sends', async () => {
      const stream = client.begin('POST', '/open/v1/small', {}, null)
      const answer = answerOf(stream)
      stream.write(Buffer.alloc(2000))
      assert.equal((await answer).status, 413)
    })

    it('gets answers without content as such', async () => {
      const head = await client.ask('HEAD', '/open/v1/echo')
      assert.deepEqual([head.status, head.body.length], [200, 0])
      assert.ok(Number(head.fields['content-length']) > 0)
      for (const status of ['204 No Content', '304 Not Modified']) {
        there().open.on(`/v2/echo?${status.slice(0, 3)}`, (request) => request.write(`HTTP/1.1 ${status}\r\nX: y\r\n\r\n`))
        const answer = await client.ask('GET', `/open/v1/echo?${status.slice(0, 3)}`)
        assert.deepEqual([answer.status, answer.fields.x, answer.body.length], [Number(status.slice(0, 3)), 'y', 0])
      }
    })

    it('gets a 205 without the content that its backend should not have sent', async () => {
      for (const framing of ['Content-Length: 4\r\n\r\nnone', 'Transfer-Encoding: chunked\r\n\r\n4\r\nnone\r\n0\r\n\r\n']) {
        there().open.on('/v2/echo?reset', (request) => request.write(`HTTP/1.1 205 Reset Content\r\nX: y\r\n${framing}`))
        const answer = await client.ask('GET', '/open/v1/echo?reset')
        assert.deepEqual([answer.status, answer.fields.x, answer.body.length, answer.code], [205, 'y', 0, 0], framing)
      }
    })

    it('gets an empty answer in one frame, which gRPC takes for the end of the call', async () => {
      there().open.on('/v2/echo?empty', (request) => request.respond(''))
      const wire = await Http2WireClient.open(there().gateway.port)
      wire.send(
        headers(
          1,
          requestFields.map(([name, value]): [string, string] => [name, name === ':path' ? '/open/v1/echo?empty' : value]),
        ),
      )
      const answer = await wire.frame(frameTypes.headers, 1)
      assert.equal(answer.flags & flags.endStream, flags.endStream)
      wire.destroy()
    })

    it('gets interim answers', async () => {
      there().open.on('/v2/echo?hints', (request) => {
        request.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n')
        request.respond('done')
      })
      const answer = await client.ask('GET', '/open/v1/echo?hints')
      assert.deepEqual(
        answer.interim.map((fields) => [(fields as Record<string, unknown>)[':status'], fields.link]),
        [[103, '</a>']],
      )
      assert.equal(answer.body.toString(), 'done')
    })

    it('is asked to go on only when the request would be forwarded', async () => {
      const good = client.begin('POST', '/open/v1/echo', { expect: '100-continue' }, null)
      good.on('continue', () => good.end('hello'))
      assert.equal(seen(await answerOf(good)).body, 'hello')
      const bad = client.begin('POST', '/shop/orders', { expect: '100-continue' }, null)
      let asked = false
      bad.on('continue', () => {
        asked = true
      })
      const answer = answerOf(bad)
      bad.once('response', () => bad.close())
      assert.deepEqual([(await answer).status, asked], [401, false])
    })

    it('sees that an answer is cut short', async () => {
      there().open.on('/v2/echo?cut', (request) => {
        request.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
        request.socket.end()
      })
      const answer = await client.ask('GET', '/open/v1/echo?cut')
      assert.deepEqual([answer.status, answer.body.toString(), answer.code], [200, 'half', 2])
      there().open.on('/v2/echo?cut-chunks', (request) => {
        request.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n')
        request.socket.end()
      })
      assert.equal((await client.ask('GET', '/open/v1/echo?cut-chunks')).code, 2)
    })

    it('ends the request to the backend by resetting its stream', async () => {
      const arrived = there().open.on('/v2/echo?reset', () => {})
      const stream = client.begin('GET', '/open/v1/echo?reset')
      const request = await arrived
      stream.close(8)
      await request.closed
    })

    it('never gets there by asking for an upgrade', async () => {
      const fields = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA']
      assert.equal((await there().ask('GET', '/open/v1/echo', fields)).status, 200)
    })
  })

  describe('a client that speaks gRPC', () => {
    let client: Http2LibraryClient
    before(async () => {
      client = await Http2LibraryClient.connect(there().gateway.port)
    })
    after(() => client.close())

    /** What the client is told: in the head, since there is no content. */
    function told({ status, fields, body }: Http2Answer): unknown[] {
      return [status, fields['content-type'], fields['grpc-status'], body.length]
    }

    const grpc = { 'content-type': 'application/grpc+proto', te: 'trailers' }

    it('is refused in a way that it understands', async () => {
      const unknown = await client.ask('POST', '/open/v1/nothing', grpc, 'x')
      assert.deepEqual(told(unknown), [200, 'application/grpc', '12', 0])
      assert.equal(unknown.fields['grpc-message'], 'No operation matches the request.')
      const anonymous = await client.ask('POST', '/shop/orders', grpc, 'x')
      assert.deepEqual(told(anonymous), [200, 'application/grpc', '16', 0])
      assert.match(anonymous.fields['www-authenticate'] ?? '', /^Bearer/)
    })

    it('has the deadline that it gives', async () => {
      const arrived = there().open.on('/v2/echo?deadline', () => {})
      const answer = client.ask('POST', '/open/v1/echo?deadline', { ...grpc, 'grpc-timeout': '100m' }, 'x')
      await (await arrived).closed
      assert.deepEqual(told(await answer), [200, 'application/grpc', '4', 0])
    })

    it('is refused a deadline that is none', async () => {
      for (const timeout of ['1', 'S', '-1S', '123456789S', '1.5S', '1s']) {
        const answer = await client.ask('POST', '/open/v1/echo', { ...grpc, 'grpc-timeout': timeout }, 'x')
        assert.deepEqual(told(answer), [200, 'application/grpc', '13', 0], timeout)
      }
    })

    it('is told by a status when an answer that has begun cannot be finished', async () => {
      there().open.on('/v2/echo?broken', (request) => {
        request.write('HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n')
        request.socket.end()
      })
      const answer = await client.ask('POST', '/open/v1/echo?broken', grpc, 'x')
      assert.deepEqual([answer.status, answer.body.toString(), answer.trailers['grpc-status'], answer.code], [200, 'half', '14', 0])
    })
  })
}
