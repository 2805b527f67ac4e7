import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { There } from './world.ts'

/** Where the project says `errors: problem`. */
export function problemRefusals(there: There): void {
  describe('a refusal', () => {
    it('is a problem after RFC 9457 with the number that clients know', async () => {
      const { status, message } = await there().ask('GET', '/nowhere')
      assert.equal(status, 404)
      assert.equal(message.field('Content-Type'), 'application/problem+json')
      assert.equal(message.field('Cache-Control'), 'no-store')
      const problem = JSON.parse(message.text) as Readonly<Record<string, unknown>>
      assert.deepEqual(Object.keys(problem).toSorted(), ['code', 'detail', 'status', 'title', 'type'])
      assert.deepEqual([problem.status, problem.code], [404, 900906])
    })

    it('repeats nothing that was sent', async () => {
      const secret = 'tOpSeCrEt'
      const asked = [
        there().ask('GET', `/nowhere/${secret}?${secret}`, [`X: ${secret}`]),
        there().ask('GET', '/shop/orders', [`Authorization: Bearer ${secret}`]),
        there().ask('GET', '/shop/orders', [`Authorization: ${secret}`]),
        there().ask('GET', `/open/v1/%00${secret}`),
        there().ask(secret, '/open/v1/echo'),
        there().ask('POST', '/open/v1/echo', [`Content-Length: ${secret}`]),
      ]
      for (const { status, message } of await Promise.all(asked)) {
        assert.ok(status >= 400)
        assert.doesNotMatch(message.startLine + JSON.stringify(message.fields) + message.text, new RegExp(secret))
      }
    })

    it('leaves the connection open where the request was understood, and takes its body off it', async () => {
      const client = await there().connect()
      const post = 'POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde'
      for (let count = 0; count < 2; count++) {
        const { status, message } = await client.request(post)
        assert.deepEqual([status, message.field('Connection')], [404, undefined])
      }
      await client.destroy()
    })

    it('of one of several pipelined requests keeps to its place', async () => {
      const client = await there().connect()
      const post = 'POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde'
      const get = 'GET /open/v1/echo HTTP/1.1\r\nHost: a\r\n\r\n'
      const answers = [client.answer('POST'), client.answer(), client.answer('POST'), client.answer()]
      client.send(post + get + post + get)
      assert.deepEqual(
        (await Promise.all(answers)).map(({ status }) => status),
        [404, 200, 404, 200],
      )
      await client.destroy()
    })

    it('closes the connection where the body is too much to take off it', async () => {
      const client = await there().connect()
      const { status, message } = await client.request('POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n')
      assert.deepEqual([status, message.field('Connection')], [404, 'close'])
      assert.equal(await client.closed, 'clean')
    })

    it('of a HEAD request has no body', async () => {
      const client = await there().connect()
      for (const target of ['/nowhere', '/shop/orders']) {
        const { status, message } = await client.request(`HEAD ${target} HTTP/1.1\r\nHost: a\r\n\r\n`)
        assert.ok(status === 404 || status === 405)
        assert.equal(message.length, 0)
      }
      await client.destroy()
    })
  })
}

/** Where the project says `errors: wso2`. */
export function wso2Refusals(there: There): void {
  describe("a refusal in WSO2's form", () => {
    it('is a fault in JSON', async () => {
      const { status, message } = await there().ask('GET', '/shop/orders')
      assert.equal(status, 401)
      assert.equal(message.field('Content-Type'), 'application/json')
      const { fault } = JSON.parse(message.text) as { fault: Readonly<Record<string, unknown>> }
      assert.deepEqual([fault.code, fault.message], [900902, 'Missing Credentials'])
      assert.equal(typeof fault.description, 'string')
    })

    it('is a fault in XML for those who prefer it', async () => {
      const { message } = await there().ask('GET', '/nowhere', ['Accept: application/xml'])
      assert.equal(message.field('Content-Type'), 'application/xml')
      assert.match(
        message.text,
        /^<amt:fault xmlns:amt="[^"]+"><amt:code>900906<\/amt:code><amt:message>.+<\/amt:description><\/amt:fault>$/,
      )
    })

    it('has the same status, challenge and request id', async () => {
      const { status, message } = await there().ask('GET', '/shop/orders', [there().project.one.bearer()])
      assert.equal(status, 403)
      assert.match(message.field('WWW-Authenticate') ?? '', /insufficient_scope/)
      assert.ok(message.field('X-Request-Id') !== undefined)
    })
  })
}
