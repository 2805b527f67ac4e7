import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { BackendRequest } from '../wire/backend.ts'
import { requestText } from '../wire/request-text.ts'
import type { There } from './world.ts'

export function backendConnections(there: There): void {
  describe('a connection to a backend', () => {
    const ask = '/fragile/thing'

    async function used(method = 'GET', body = ''): Promise<BackendRequest> {
      const next = there().fragile.next()
      assert.equal((await there().ask(method, ask, [], body)).status, 200)
      return next
    }

    it('is used again', async () => {
      const first = await used()
      assert.equal((await used()).connection, first.connection)
    })

    it('is not used again where the backend says so', async () => {
      there().fragile.once((request) => request.respond('', ['Connection: close']))
      const closing = await used()
      await closing.closed
      assert.notEqual((await used()).connection, closing.connection)
    })

    it('that the backend has closed meanwhile is not used', async () => {
      const first = await used()
      first.socket.destroy()
      await first.closed
      assert.notEqual((await used()).connection, first.connection)
    })

    it('that closes just as a request is sent has it tried once more, on a new connection', async () => {
      await used()
      const stale = there().fragile.once((request) => request.socket.destroy())
      const fresh = there().fragile.next()
      fresh.catch(() => {})
      assert.equal((await there().ask('PUT', ask)).status, 200)
      assert.ok((await fresh).connection >= (await stale).connection)
      const line = await there().gateway.log.find(({ operation, tries }) => operation === 'fragilePut' && tries === 2)
      assert.equal(line.status, 200)
    })

    it('that closes is not tried a third time', async () => {
      await used()
      const asked = there().fragile.requests.length
      there().fragile.once((request) => request.socket.destroy())
      there().fragile.once((request) => request.socket.destroy())
      assert.equal((await there().ask('GET', ask)).status, 502)
      assert.equal(there().fragile.requests.length, asked + 2)
    })

    it('that closes has nothing tried again that may have had an effect', async () => {
      const cases: readonly (readonly [method: string, body: string])[] = [
        ['POST', ''],
        ['PUT', 'body'],
      ]
      for (const [method, body] of cases) {
        await used()
        const asked = there().fragile.requests.length
        there().fragile.once((request) => request.socket.destroy())
        assert.equal((await there().ask(method, ask, [], body)).status, 502, method)
        assert.equal(there().fragile.requests.length, asked + 1, method)
      }
    })

    it('that closes after a byte of the answer has nothing tried again', async () => {
      await used()
      const asked = there().fragile.requests.length
      there().fragile.once((request) => {
        request.write('H')
        request.socket.end()
      })
      assert.equal((await there().ask('GET', ask)).status, 502)
      assert.equal(there().fragile.requests.length, asked + 1)
    })

    it('that is new and closes has nothing tried again', async () => {
      await there().fragile.dropConnections()
      const asked = there().fragile.requests.length
      there().fragile.once((request) => request.socket.destroy())
      assert.equal((await there().ask('GET', ask)).status, 502)
      assert.equal(there().fragile.requests.length, asked + 1)
    })

    it('is waited for when all are in use, and 503 says when too many wait', async () => {
      const { fragile } = there()
      const held: BackendRequest[] = []
      fragile.handler = (request) => held.push(request)
      const clients = await Promise.all(Array.from({ length: 11 }, () => there().connect()))
      const answers = []
      // Eight connections, two places in the line behind them, and one too many.
      for (const [index, client] of clients.entries()) {
        const next = index < 8 ? fragile.next() : null
        answers.push(client.request(requestText('GET', ask)))
        await next
      }
      const refused = await Promise.race(answers)
      assert.equal(refused.status, 503)
      assert.equal((JSON.parse(refused.message.text) as { code: number }).code, 101503)
      fragile.handler = (request) => request.respond('late')
      for (const request of held) request.respond('held')
      const texts = (await Promise.all(answers)).map(({ status, message }) => (status === 200 ? message.text : status))
      assert.deepEqual(texts.toSorted(), [...Array<string>(8).fill('held'), ...Array<string>(2).fill('late'), 503].toSorted())
      for (const client of clients) await client.destroy()
    })
  })
}
