import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { type Seen, seen } from '../wire/backend.ts'
import { requestText } from '../wire/request-text.ts'
import type { There } from './world.ts'

export function fields(there: There): void {
  async function forwarded(...lines: readonly string[]): Promise<Seen> {
    return seen(await there().ask('GET', '/open/v1/echo', lines))
  }

  function values({ fields }: Seen, name: string): readonly string[] {
    return fields.filter(([own]) => own.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
  }

  describe('request fields', () => {
    it('reach the backend as they were sent, in their order', async () => {
      const request = await forwarded('X-B: 1', 'x-a:2', 'X-B:  3 ', 'Accept: */*', 'Cookie: a=b', 'Content-Type: text/plain', 'X_Own: 4')
      const own = request.fields.filter(([name]) => /^(?:x-[ab]|accept|cookie|content-type|x_own)$/i.test(name))
      assert.deepEqual(own, [
        ['X-B', '1'],
        ['x-a', '2'],
        ['X-B', '3'],
        ['Accept', '*/*'],
        ['Cookie', 'a=b'],
        ['Content-Type', 'text/plain'],
        ['X_Own', '4'],
      ])
    })

    it('that are for one hop only do not', async () => {
      const request = await forwarded(
        'Connection: X-Listed',
        'X-Listed: 1',
        'Keep-Alive: x',
        'TE: trailers',
        'Trailer: x',
        'Upgrade: x',
        'Proxy-Connection: x',
      )
      for (const name of ['connection', 'x-listed', 'keep-alive', 'te', 'trailer', 'upgrade', 'proxy-connection']) {
        assert.deepEqual(values(request, name), [], name)
      }
    })

    it('that carry credentials do not', async () => {
      const request = await forwarded('Authorization: Basic YTpi', 'Proxy-Authorization: Basic YTpi')
      assert.deepEqual([...values(request, 'authorization'), ...values(request, 'proxy-authorization')], [])
    })

    it('that carried a token do not', async () => {
      const { shop, project } = there()
      const next = shop.next()
      await there().ask('GET', '/shop/whoever', [project.one.bearer()])
      assert.equal((await next).field('authorization'), undefined)
    })

    it('say through whom and for whom the request comes', async () => {
      const request = await forwarded('Host: shop.example:8080', 'Via: 1.0 first')
      assert.deepEqual(values(request, 'host'), [`127.0.0.1:${there().open.port}`])
      assert.deepEqual(values(request, 'via'), ['1.0 first', '1.1 postern'])
      assert.deepEqual(values(request, 'x-forwarded-for'), ['127.0.0.1'])
      assert.deepEqual(values(request, 'x-forwarded-proto'), ['http'])
      assert.deepEqual(values(request, 'x-forwarded-host'), ['shop.example:8080'])
      assert.deepEqual(values(request, 'forwarded'), ['for=127.0.0.1;host="shop.example:8080";proto=http'])
    })

    it("are the gateway's own where a client makes them up", async () => {
      const made = [
        'X-Forwarded-For: 6.6.6.6',
        'x_forwarded_for: 6.6.6.6',
        'Forwarded: for=6.6.6.6',
        'X-Real-IP: 6.6.6.6',
        'X_Request_Id: mine',
      ]
      const request = await forwarded(...made, 'X-Request-Id: mine', 'X-JWT-Assertion: forged', 'x_jwt_assertion: forged')
      const text = JSON.stringify(request.fields)
      assert.doesNotMatch(text, /6\.6\.6\.6|mine|forged/)
      assert.deepEqual(values(request, 'x-forwarded-for'), ['127.0.0.1'])
    })

    it('are believed where they come from a trusted proxy', async () => {
      const socket = connect({ host: '127.0.0.1', port: there().gateway.port, localAddress: '127.0.0.2' })
      const next = there().open.next()
      const said = [
        'X-Forwarded-For: 203.0.113.7',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: outside.example',
        'Forwarded: for=203.0.113.7',
      ]
      socket.write(requestText('GET', '/open/v1/echo', [...said, 'Connection: close']))
      const request = await next
      assert.equal(request.field('x-forwarded-for'), '203.0.113.7, 127.0.0.2')
      assert.equal(request.field('x-forwarded-proto'), 'https')
      assert.equal(request.field('x-forwarded-host'), 'outside.example')
      assert.equal(request.field('forwarded'), 'for=203.0.113.7, for=127.0.0.2;host="gateway.example";proto=http')
      socket.resume()
      await once(socket, 'close')
      const id = request.field('x-request-id')
      const line = await there().gateway.log.find(({ requestId }) => requestId === id)
      assert.equal(line.address, '203.0.113.7')
    })
  })

  describe('the request id', () => {
    it('is the same for the backend and the client, and another one for each request', async () => {
      const client = await there().connect()
      const ids = new Set<string>()
      for (let count = 0; count < 3; count++) {
        const answer = await client.request(requestText('GET', '/open/v1/echo'))
        const id = answer.message.field('X-Request-Id') ?? ''
        assert.deepEqual(values(seen(answer), 'x-request-id'), [id])
        ids.add(id)
      }
      assert.equal(ids.size, 3)
      await client.destroy()
    })

    it("stands in every refusal, and never is the client's", async () => {
      for (const target of ['/nowhere', '/shop/orders', '/open/v1/%00']) {
        const { message } = await there().ask('GET', target, ['X-Request-Id: mine'])
        assert.match(message.field('X-Request-Id') ?? '', /^[\w-]{8,}$/)
      }
    })
  })

  describe('answer fields', () => {
    it('reach the client as the backend sent them, in their order', async () => {
      there().open.once((request) => request.respond('', ['Set-Cookie: a=1', 'X-B: caf\xe9', 'set-cookie: b=2', 'Server: theirs']))
      const { message } = await there().ask('GET', '/open/v1/echo')
      assert.deepEqual(message.fields.slice(0, 4), [
        ['Set-Cookie', 'a=1'],
        ['X-B', 'caf\xe9'],
        ['set-cookie', 'b=2'],
        ['Server', 'theirs'],
      ])
    })

    it('have a Date, which is the backend’s where it sends one', async () => {
      there().open.once((request) => request.respond('', ['Date: Thu, 01 Jan 2026 00:00:00 GMT']))
      assert.equal((await there().ask('GET', '/open/v1/echo')).message.field('Date'), 'Thu, 01 Jan 2026 00:00:00 GMT')
      const date = (await there().ask('GET', '/open/v1/echo')).message.field('Date') ?? ''
      assert.equal(new Date(date).toUTCString(), date)
    })
  })
}
