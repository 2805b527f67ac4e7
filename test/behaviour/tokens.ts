import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Answer } from '../wire/client.ts'
import type { There } from './world.ts'

export function tokens(there: There): void {
  function get(target: string, ...fields: readonly string[]): Promise<Answer> {
    return there().ask('GET', target, fields)
  }

  function code({ message }: Answer): unknown {
    return (JSON.parse(message.text) as { readonly code: unknown }).code
  }

  /** Refused with this status and code; the backend has not been asked. */
  async function assertRefused(asked: Promise<Answer>, status: number, number: number, challenge: RegExp): Promise<void> {
    const before = there().shop.requests.length + there().sandbox.requests.length
    const answer = await asked
    assert.deepEqual([answer.status, code(answer)], [status, number])
    assert.match(answer.message.field('WWW-Authenticate') ?? '', challenge)
    assert.equal(there().shop.requests.length + there().sandbox.requests.length, before)
  }

  const invalid = /^Bearer realm="behaviour", error="invalid_token", error_description="[^"]+"$/

  describe('a token', () => {
    it('that is good lets its request through', async () => {
      const { one } = there().project
      assert.equal((await get('/shop/orders', one.bearer({ scope: 'orders:read' }))).status, 200)
      assert.equal((await get('/shop/orders', one.bearer({ scope: 'x orders:read y' }))).status, 200)
    })

    it('lets one request after another through', async () => {
      const bearer = there().project.one.bearer({ scope: 'orders:read' })
      for (let count = 0; count < 3; count++) assert.equal((await get('/shop/orders', bearer)).status, 200)
    })

    it('that is missing is asked for, without an error code', async () => {
      const challenge = /^Bearer realm="behaviour"$/
      await assertRefused(get('/shop/orders'), 401, 900902, challenge)
      await assertRefused(get('/shop/orders', 'Authorization: Basic YTpi'), 401, 900902, challenge)
    })

    it('that is none is invalid', async () => {
      for (const token of ['x', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.', '..', `${there().project.one.token()}x`]) {
        await assertRefused(get('/shop/orders', `Authorization: Bearer ${token}`), 401, 900901, invalid)
      }
    })

    it('that somebody else signed is invalid', async () => {
      const { one, two } = there().project
      await assertRefused(get('/shop/orders', two.bearer({ iss: one.name, scope: 'orders:read' })), 401, 900901, invalid)
      await assertRefused(get('/shop/orders', one.bearer({ iss: 'https://three.example.com' })), 401, 900901, invalid)
    })

    it('for another audience is invalid, unless any will do', async () => {
      const { one, two } = there().project
      await assertRefused(get('/shop/whoever', one.bearer({ aud: 'elsewhere' })), 401, 900901, invalid)
      await assertRefused(get('/shop/whoever', one.bearer({ aud: undefined })), 401, 900901, invalid)
      assert.equal((await get('/shop/whoever', one.bearer({ aud: ['elsewhere', 'other'] }))).status, 200)
      assert.equal((await get('/shop/whoever', two.bearer({ aud: 'elsewhere' }))).status, 200)
    })

    it('that has expired is refused as expired', async () => {
      const now = Math.floor(Date.now() / 1000)
      const { one } = there().project
      await assertRefused(get('/shop/whoever', one.bearer({ exp: now - 60 })), 401, 900903, invalid)
      await assertRefused(get('/shop/whoever', one.bearer({ exp: undefined })), 401, 900901, invalid)
    })

    it('that is not valid yet is invalid', async () => {
      const now = Math.floor(Date.now() / 1000)
      await assertRefused(get('/shop/whoever', there().project.one.bearer({ nbf: now + 600 })), 401, 900901, invalid)
    })

    it('may be late or early by the clock skew', async () => {
      const now = Math.floor(Date.now() / 1000)
      assert.equal((await get('/shop/whoever', there().project.one.bearer({ exp: now + 300, nbf: now + 3 }))).status, 200)
    })

    it('is not taken from anywhere but its field', async () => {
      const token = there().project.one.token({ scope: 'orders:read' })
      await assertRefused(get(`/shop/orders?access_token=${token}`), 401, 900902, /^Bearer/)
      await assertRefused(get('/shop/orders', `X-Authorization: Bearer ${token}`), 401, 900902, /^Bearer/)
    })

    it('is asked of nobody by a public operation, and looked at by none', async () => {
      assert.equal((await get('/shop/open')).status, 200)
      assert.equal((await get('/shop/open', 'Authorization: Bearer nonsense')).status, 200)
    })

    it('may be left out where it is optional, and must be good where it is sent', async () => {
      const { one } = there().project
      assert.equal((await get('/shop/perhaps')).status, 200)
      assert.equal((await get('/shop/perhaps', one.bearer({ scope: 'orders:read' }))).status, 200)
      await assertRefused(get('/shop/perhaps', 'Authorization: Bearer nonsense'), 401, 900901, invalid)
      await assertRefused(get('/shop/perhaps', one.bearer({ scope: 'x' })), 403, 900910, /insufficient_scope/)
    })
  })

  describe('several issuers', () => {
    it('are all accepted, each with its own names of claims', async () => {
      const { one, two } = there().project
      assert.equal((await get('/shop/orders', one.bearer({ scope: 'orders:read' }))).status, 200)
      assert.equal((await get('/shop/orders', two.bearer({ permissions: ['orders:read'] }))).status, 200)
      assert.equal((await get('/shop/orders', two.bearer({ scope: 'orders:read' }))).status, 403)
    })
  })

  describe('scopes', () => {
    it('that are missing are named', async () => {
      const challenge = /^Bearer realm="behaviour", error="insufficient_scope", scope="orders:read"$/
      const { one } = there().project
      await assertRefused(get('/shop/orders', one.bearer()), 403, 900910, challenge)
      await assertRefused(get('/shop/orders', one.bearer({ scope: 'orders:readx orders:write' })), 403, 900910, challenge)
    })

    it('of one requirement must all be there', async () => {
      const remove = async (scope: string): Promise<number> =>
        (await there().ask('DELETE', '/shop/orders/7', [there().project.one.bearer({ scope })])).status
      assert.equal(await remove('orders:write orders:admin'), 200)
      assert.equal(await remove('orders:write'), 403)
      assert.equal(await remove('orders:admin'), 403)
    })

    it('of several requirements may be those of any', async () => {
      const change = async (scope: string): Promise<number> =>
        (await there().ask('PUT', '/shop/orders/7', [there().project.one.bearer({ scope })])).status
      assert.equal(await change('orders:admin'), 200)
      assert.equal(await change('orders:write orders:read'), 200)
      assert.equal(await change('orders:write'), 403)
      assert.equal(await change('orders:read'), 403)
    })

    it('hold for their own operation', async () => {
      const bearer = there().project.one.bearer({ scope: 'orders:read' })
      assert.equal((await there().ask('GET', '/shop/orders', [bearer])).status, 200)
      assert.equal((await there().ask('POST', '/shop/orders', [bearer])).status, 403)
    })
  })

  describe('the kind of a token', () => {
    it('decides which backend is asked', async () => {
      const { one, two } = there().project
      const { shop, sandbox } = there()
      for (const claims of [{}, { keytype: 'PRODUCTION' }, { keytype: 'production' }]) {
        const next = shop.next()
        await get('/shop/whoever', one.bearer(claims))
        assert.equal((await next).target, '/whoever')
      }
      for (const bearer of [one.bearer({ keytype: 'SANDBOX' }), two.bearer({ kind: 'SANDBOX' })]) {
        const next = sandbox.next()
        await get('/shop/whoever', bearer)
        assert.equal((await next).target, '/sandbox/whoever')
      }
    })

    it('is refused where there is no backend for it', async () => {
      const { one } = there().project
      const none = /^$/
      await assertRefused(get('/live/thing', one.bearer({ keytype: 'SANDBOX' })), 403, 900905, none)
      await assertRefused(get('/trial/thing', one.bearer({ keytype: 'PRODUCTION' })), 403, 900905, none)
      assert.equal((await get('/live/thing', one.bearer({ keytype: 'PRODUCTION' }))).status, 200)
      assert.equal((await get('/trial/thing', one.bearer({ keytype: 'SANDBOX' }))).status, 200)
    })
  })
}
