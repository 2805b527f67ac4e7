import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seen } from '../wire/backend.ts'
import type { There } from './world.ts'

export function routing(there: There): void {
  /** Each request, as method and target, reaches the operation that is given, as the log tells. */
  async function reaches(table: Readonly<Record<string, string>>): Promise<void> {
    const { gateway } = there()
    const reached = Object.keys(table).map(async (request) => {
      const [method = '', target = ''] = request.split(' ')
      const { message } = await there().ask(method, target)
      const id = message.field('X-Request-Id')
      return [request, (await gateway.log.find(({ event, requestId }) => event === 'access' && requestId === id)).operation]
    })
    assert.deepEqual(Object.fromEntries(await Promise.all(reached)), table)
  }

  /** What the open backend is asked for. */
  async function target(path: string): Promise<string> {
    const answer = await there().ask('GET', path)
    assert.equal(answer.status, 200, path)
    return seen(answer).target
  }

  async function status(method: string, path: string): Promise<number> {
    return (await there().ask(method, path)).status
  }

  describe('routing', { concurrency: 3 }, () => {
    it('goes to the concrete path before the templated one', async () => {
      await reaches({ 'GET /open/v1/items/mine': 'myItems', 'GET /open/v1/items/yours': 'getItem' })
    })

    it('knows several parameters, with literals within one segment', async () => {
      await reaches({
        'GET /open/v1/items/7.json': 'getItemAsJson',
        'POST /open/v1/items/7:cancel': 'cancelItem',
        'GET /open/v1/between/2026-2027': 'between',
        'GET /open/v1/items/7/parts/9': 'getPart',
      })
      assert.equal(await status('GET', '/open/v1/between/2026-'), 404)
    })

    it('lets an encoded slash stand within a parameter, and never takes it for a separator', async () => {
      await reaches({ 'GET /open/v1/items/a%2Fb': 'getItem', 'GET /open/v1/items/a%2fparts%2fc': 'getItem' })
      assert.equal(await target('/open/v1/items/a%2fparts%2Fc'), '/v2/items/a%2Fparts%2Fc')
    })

    it('takes different spellings of one path for one path', async () => {
      await reaches({ 'GET /open/v1/caf%c3%a9': 'cafe', 'GET /open/v1/%69tems/mine': 'myItems', 'GET /open/v1/items%2Fmine': '' })
    })

    it('takes a trailing slash to be significant', async () => {
      assert.equal(await status('GET', '/open/v1/with/slash/'), 200)
      assert.equal(await status('GET', '/open/v1/with/slash'), 404)
      assert.equal(await status('GET', '/open/v1/items/'), 404)
    })

    it('takes empty segments and case to be significant', async () => {
      for (const path of [
        '/open/v1//items',
        '//open/v1/items',
        '/open//v1/items',
        '/open/v1/items//parts/1',
        '/open/v1/Items',
        '/Open/v1/items',
      ]) {
        assert.equal(await status('GET', path), 404, path)
      }
    })

    it('keeps the query out of it', async () => {
      assert.equal(await target('/open/v1/items/7?x=/parts/9&y=%2F..'), '/v2/items/7?x=/parts/9&y=%2F..')
    })

    it('answers 404 where no operation has the path', async () => {
      for (const path of ['/', '/open', '/open/v1', '/open/v1/nothing', '/open/v1/items/7/parts', '/openv1/items', '/elsewhere']) {
        assert.equal(await status('GET', path), 404, path)
      }
    })

    it('answers 405 with Allow where none has the method', async () => {
      const answer = await there().ask('PUT', '/open/v1/items')
      assert.equal(answer.status, 405)
      assert.equal(answer.message.field('Allow'), 'GET, POST')
      assert.equal((await there().ask('GET', '/open/v1/items/7:cancel')).message.field('Allow'), 'POST')
    })

    it('answers HEAD only where the definition has it', async () => {
      assert.equal(await status('HEAD', '/open/v1/echo'), 200)
      const answer = await there().ask('HEAD', '/open/v1/items')
      assert.equal(answer.status, 405)
      assert.equal(answer.message.text, '')
      assert.ok(Number(answer.message.field('Content-Length')) > 0)
    })

    it('tells methods by case, and knows every method of OpenAPI', async () => {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']) {
        assert.equal(seen(await there().ask(method, '/open/v1/echo')).method, method)
      }
      assert.equal(await status('get', '/open/v1/echo'), 405)
      assert.equal(await status('PURGE', '/open/v1/echo'), 405)
    })
  })

  describe('the path that a backend gets', () => {
    it("has the backend's own prefix in the place of the API's base path", async () => {
      assert.equal(await target('/open/v1/items'), '/v2/items')
      assert.equal(await target('/open/v1/'), '/v2/')
    })

    it('has no base path where the backend has no prefix', async () => {
      const { ask, project } = there()
      const answer = await ask.call(there(), 'GET', '/shop/orders', [project.one.bearer({ scope: 'orders:read' })])
      assert.equal(seen(answer).target, '/orders')
    })

    it('is canonical', async () => {
      assert.equal(await target('/open/v1/items/%7e%41%2f%c3%a9?%7e'), '/v2/items/~A%2F%C3%A9?%7e')
    })
  })
}
