/** Opaque tokens of a real authorisation server, which is asked about them (RFC 7662) and told to revoke them (RFC 7009). */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ProvingClient } from '../behaviour/proving-client.ts'
import { until } from '../wire/until.ts'
import { AuthorisationServer, type Client, signingKey } from './authorisation-server.ts'
import { Bookshop } from './bookshop.ts'

const resource = 'https://books.example.com/opaque'
const read = { resource, scope: 'books:read' }

type World = { readonly server: AuthorisationServer; readonly client: Client; readonly shop: Bookshop }

/** `keys`: a line of the issuer for its JWTs; `keep`: how long an answer counts; `revoke`: clients revoke tokens through the gateway. */
async function open(
  t: TestContext,
  { keys = '', keep = '1s', revoke = false }: { readonly keys?: string; readonly keep?: string; readonly revoke?: boolean } = {},
): Promise<World> {
  const server = await AuthorisationServer.start(signingKey('RS256'))
  t.after(() => server.stop())
  const gateway = await server.register({ client_name: 'gateway' })
  const issuer = `issuer: ${server.issuer}
audiences: [${resource}, https://books.example.com]
claims: { client: client_id }
senderConstrained: { by: [dpop], required: false }
introspection: { url: "${server.issuer}/token/introspection", clientId: "\${CLIENT_ID}", clientSecret: "\${CLIENT_SECRET}", cache: { keep: ${keep} } }
${revoke ? `passThrough: { basePath: /oauth2, revoke: "${server.issuer}/token/revocation" }` : keys}`
  const shop = await Bookshop.open(t, issuer, {}, { CLIENT_ID: gateway.id, CLIENT_SECRET: gateway.secret })
  return { server, client: await server.register(), shop }
}

test('a token that says nothing is asked about, and its scopes count', async (t) => {
  const { server, client, shop } = await open(t)
  const token = await server.token(client, read)
  assert.ok(!token.includes('.'))
  assert.equal(await shop.status(token), 200)
  assert.equal(await shop.status(token, 'POST'), 403)
  assert.equal(await shop.status(`${token}x`), 401)
  assert.equal(await shop.status(await server.token(client, { resource: 'https://other.example.com/opaque' })), 401, 'for another resource')
})

test('a token that its client has revoked is good no more, once the answer about it is old', async (t) => {
  const { server, client, shop } = await open(t)
  const token = await server.token(client, read)
  assert.equal(await shop.status(token), 200)
  await server.revoke(client, token)
  await until(async () => (await shop.status(token)) !== 200)
  assert.equal(await shop.status(token), 401)
})

test('one that is revoked through the gateway is good no more at once', async (t) => {
  const { server, client, shop } = await open(t, { keep: '1h', revoke: true })
  const token = await server.token(client, read)
  assert.equal(await shop.status(token), 200)
  assert.equal(await shop.revoke(client, token), 200)
  assert.equal(await shop.status(token), 401)
})

test('a server that is down is no reason to call a token bad, nor good', async (t) => {
  const { server, client, shop } = await open(t)
  const token = await server.token(client, read)
  server.fail()
  assert.equal(await shop.status(token), 503)
  server.restart(signingKey('RS256'))
  assert.equal(await shop.status(token), 200)
})

test('one that is bound to a key needs a proof with each request', async (t) => {
  const { server, client, shop } = await open(t)
  const holder = new ProvingClient()
  const token = await server.token(client, { ...read, proof: holder.proof('', { htm: 'POST', htu: server.tokenUrl, ath: undefined }) })
  const htu = { htu: 'http://gateway.example/books' }
  assert.equal((await shop.get(...holder.fields(token, htu))).status, 200)
  assert.equal((await shop.get(...new ProvingClient().fields(token, htu))).status, 401, 'another’s proof')
  assert.equal(await shop.status(token), 401, 'as a bearer token')
})

test('beside keys that are fetched, JWTs are verified with those and others asked about', async (t) => {
  const { server, client, shop } = await open(t, { keys: 'keys: { url: "${KEYS_URL:-http://127.0.0.1:9}", refresh: 10m }' })
  const opaque = await server.token(client, read)
  const jwt = await server.token(client, { ...read, resource: 'https://books.example.com' })
  assert.equal(await shop.status(opaque), 200, 'needs no keys')
  assert.equal(await shop.status(jwt), 503, 'the keys are not there')
})
