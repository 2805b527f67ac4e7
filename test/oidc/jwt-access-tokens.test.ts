/** JWT access tokens (RFC 9068) of a real authorisation server, whose keys are baked or fetched, and change. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProvingClient } from '../behaviour/proving-client.ts'
import { until } from '../wire/until.ts'
import { AuthorisationServer, type Client, signingKey } from './authorisation-server.ts'
import { Bookshop, resource } from './bookshop.ts'

const [first, second, third] = [signingKey('RS256'), signingKey('ES256'), signingKey('RS256')]
const read = { resource, scope: 'books:read' }

async function serverOf(
  t: Parameters<typeof Bookshop.open>[0],
): Promise<{ readonly server: AuthorisationServer; readonly client: Client }> {
  const server = await AuthorisationServer.start(first)
  t.after(() => server.stop())
  return { server, client: await server.register() }
}

function issuer(server: AuthorisationServer, keys: string): string {
  return `issuer: ${server.issuer}\naudiences: [${resource}]\nprofile: at+jwt\nkeys: ${keys}\nsenderConstrained: { by: [dpop], required: false }`
}

test('tokens are verified with keys that are baked', async (t) => {
  const { server, client } = await serverOf(t)
  const shop = await Bookshop.open(t, issuer(server, 'keys/idp.json'), { 'keys/idp.json': await server.keySet() })
  const token = await server.token(client, read)
  assert.equal(await shop.status(token), 200)
  assert.equal(await shop.status(token, 'POST'), 403)
  assert.equal(await shop.status(await server.token(client, { resource, scope: 'books:read books:write' }), 'POST'), 200)
  assert.equal(await shop.status(await server.token(client, { resource: 'https://other.example.com' })), 401, 'for another resource')
  server.restart(second, first)
  assert.equal(await shop.status(await server.token(client, read)), 401, 'by a key that is not baked')
  assert.equal(await shop.status(token), 200)
})

test('tokens of another server with the same name are none', async (t) => {
  const { server } = await serverOf(t)
  const shop = await Bookshop.open(t, issuer(server, 'keys/idp.json'), { 'keys/idp.json': await server.keySet() })
  server.restart({ ...signingKey('RS256'), kid: first.kid })
  assert.equal(await shop.status(await server.token(await server.register(), read)), 401)
})

test('keys that are fetched follow a rotation, and withdrawn ones count no more', async (t) => {
  const { server, client } = await serverOf(t)
  const shop = await Bookshop.open(t, issuer(server, `{ url: "${server.keySetUrl}", refresh: 5m }`))
  await shop.ready()
  const old = await server.token(client, read)
  assert.equal(await shop.status(old), 200)

  server.restart(second, first)
  const next = await server.token(client, read)
  assert.equal(await shop.status(next), 401, 'the key has not been fetched')
  await shop.clock.advance(30_000)
  await untilFetched(shop, 2)
  assert.equal(await shop.status(next), 200, 'an unknown key has brought the next fetch forward')
  assert.equal(await shop.status(old), 200, 'both keys hold')

  server.restart(second)
  assert.equal(await shop.status(old), 200, 'nobody has asked yet')
  await shop.clock.advance(300_000)
  await untilFetched(shop, 3)
  assert.equal(await shop.status(old), 401, 'a remembered token goes with its key')
  assert.equal(await shop.status(next), 200)

  server.fail()
  await shop.clock.advance(300_000)
  assert.equal(await shop.status(next), 200, 'keys stay where the server is down')
  server.restart(third, second)
  await shop.clock.advance(60_000)
  await untilFetched(shop, 4)
  assert.equal(await shop.status(await server.token(client, read)), 200)
})

test('a token that the server has bound to a key needs a proof with each request', async (t) => {
  const { server, client } = await serverOf(t)
  const shop = await Bookshop.open(t, issuer(server, 'keys/idp.json'), { 'keys/idp.json': await server.keySet() })
  const holder = new ProvingClient()
  const token = await server.token(client, { ...read, proof: holder.proof('', { htm: 'POST', htu: server.tokenUrl, ath: undefined }) })
  const htu = { htu: 'http://gateway.example/books' }
  assert.equal((await shop.get(...holder.fields(token, htu))).status, 200)
  assert.equal((await shop.get(...new ProvingClient().fields(token, htu))).status, 401, 'another’s proof')
  assert.equal(await shop.status(token), 401, 'as a bearer token')
  const unbound = await server.token(client, read)
  assert.equal((await shop.get(...holder.fields(unbound, htu))).status, 401, 'a proof for a token that is bound to nothing')
})

async function untilFetched(shop: Bookshop, times: number): Promise<void> {
  const count = async (): Promise<number> =>
    Number(/^postern_key_set_fetches_total\{[^}]*outcome="fetched"\} (\d+)$/m.exec(await shop.metrics())?.[1])
  await until(async () => {
    await shop.clock.advance(1)
    return (await count()) >= times
  })
}
