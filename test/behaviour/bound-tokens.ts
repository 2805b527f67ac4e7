/** Tokens that are bound to their sender, and operations that take the tokens of some issuers only. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { ConnectionOptions } from 'node:tls'
import { Authority, thumbprintOf, tlsSettings } from '../wire/authority.ts'
import { Backend } from '../wire/backend.ts'
import type { Answer } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import { askSecurely } from '../wire/secure-client.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import { ProvingClient } from './proving-client.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const project = `name: bound
version: 1.0.0
apis:
  - { definition: api.yaml, basePath: /v1, backend: "\${BACKEND_URL}" }
issuers:
  - { issuer: https://one.example.com, audiences: [shop], keys: keys/one.json, claims: { subject: user.name } }
  - { issuer: https://two.example.com, audiences: [shop], keys: keys/two.json, senderConstrained: { by: [certificate, dpop], required: false } }
  - { issuer: https://three.example.com, audiences: [shop], keys: keys/three.json, profile: at+jwt, senderConstrained: dpop }
clientCertificates: { authorities: [keys/clients.pem] }
publicOrigins: [https://gateway.example, https://second.example]
apiKeys: api-keys.yaml
users: users.yaml
`

const apiKeys = `keys: [{ id: shop, digest: "sha256:${hash('sha256', 'k-shop')}" }]
`
const users = `users: [{ name: alice, password: "@sha256:{${hash('sha256', 'secret')}}" }]
`
const key = 'X-API-Key: k-shop'
const password = `Authorization: Basic ${btoa('alice:secret')}`

const definition = `openapi: 3.1.0
info: { title: Bound, version: 1.0.0 }
components:
  securitySchemes:
    token: { type: http, scheme: bearer }
    key: { type: apiKey, in: header, name: X-API-Key }
    basic: { type: http, scheme: basic }
security: [{ token: [] }]
x-postern: { issuers: [https://one.example.com, https://two.example.com] }
paths:
  /both: { get: { operationId: both, responses: { default: { description: An answer } } } }
  /two:
    x-postern: { issuers: [https://two.example.com] }
    get: { operationId: two, responses: { default: { description: An answer } } }
  /three:
    get: { operationId: three, x-postern: { issuers: [https://three.example.com] }, responses: { default: { description: An answer } } }
  /two-or-others:
    x-postern: { issuers: [https://two.example.com] }
    get: { operationId: orOthers, security: [{ token: [] }, { key: [] }, { basic: [] }], responses: { default: { description: An answer } } }
  /two-and-key:
    x-postern: { issuers: [https://two.example.com] }
    get: { operationId: andKey, security: [{ token: [], key: [] }], responses: { default: { description: An answer } } }
  /three-or-nobody:
    x-postern: { issuers: [https://three.example.com] }
    get: { operationId: orNobody, security: [{}, { token: [] }, { key: [] }], responses: { default: { description: An answer } } }
`

export function boundTokens(start: Start): void {
  describe('tokens that are bound to their sender', () => {
    const [one, two, three] = [
      new Issuer('https://one.example.com', 'one', 'RS256'),
      new Issuer('https://two.example.com', 'two', 'ES256'),
      new Issuer('https://three.example.com', 'three', 'ES256'),
    ]
    const clients = new Authority('Clients')
    const [alice, bob] = [clients.issue('alice', { purpose: 'client' }), clients.issue('bob', { purpose: 'client' })]
    const client = new ProvingClient()
    let prepared: ProjectFolder
    let backend: Backend
    let gateway: RunningGateway
    let port = 0

    before(async () => {
      prepared = new ProjectFolder({
        'postern.yaml': project,
        'api.yaml': definition,
        'api-keys.yaml': apiKeys,
        'users.yaml': users,
        'keys/one.json': one.keySet,
        'keys/two.json': two.keySet,
        'keys/three.json': three.keySet,
        'keys/clients.pem': clients.pem,
      })
      backend = await Backend.start()
      gateway = await start(prepared, {
        BACKEND_URL: backend.url,
        POSTERN_HTTPS_PORT: '0',
        ...tlsSettings(prepared.folder, new Authority('Servers').issue('server', { names: ['localhost'] })),
      })
      port = Number((await gateway.log.find(({ event }) => event === 'listening')).https)
    })
    after(async () => {
      await gateway.stop()
      await backend.stop()
      prepared?.remove()
    })

    function get(path: string, fields: readonly string[], options: ConnectionOptions = {}): Promise<Answer> {
      return askSecurely(port, requestText('GET', `/v1${path}`, fields), options)
    }

    async function status(path: string, fields: readonly string[], options: ConnectionOptions = {}): Promise<number> {
      return (await get(path, fields, options)).status
    }

    it('an operation takes the tokens of the issuers that it names', async () => {
      assert.equal(await status('/both', [one.bearer()]), 200)
      assert.equal(await status('/both', [two.bearer()]), 200)
      assert.equal(await status('/two', [two.bearer()]), 200)
      const refused = await get('/two', [one.bearer()])
      assert.equal(refused.status, 401)
      assert.match(refused.message.values('WWW-Authenticate').join(), /The issuer of the access token is not accepted here/)
    })

    it('a token that the gateway knows from elsewhere is no better', async () => {
      const bearer = one.bearer()
      assert.equal(await status('/both', [bearer]), 200)
      assert.equal(await status('/two', [bearer]), 401)
    })

    it('a certificate-bound token is good over a connection with its certificate', async () => {
      const bearer = two.bearer({ cnf: { 'x5t#S256': thumbprintOf(alice.cert) } })
      assert.equal(await status('/two', [bearer], alice), 200)
      assert.equal(await status('/two', [bearer], bob), 401)
      assert.equal(await status('/two', [bearer]), 401)
    })

    it('one of an issuer that binds none cannot be checked', async () => {
      assert.equal(await status('/both', [one.bearer({ cnf: { jkt: client.confirmation.jkt } })]), 401)
    })

    it('a key-bound token is good with a proof, once', async () => {
      const token = two.token({ cnf: client.confirmation })
      const htu = 'https://gateway.example/v1/two'
      const fields = client.fields(token, { htu })
      const next = backend.next()
      assert.equal(await status('/two?a=b', fields), 200)
      assert.equal((await next).field('DPoP'), undefined)
      assert.equal(await status('/two', fields), 401)
      assert.equal(await status('/two', client.fields(token, { htu })), 200)
      assert.equal(await status('/both', client.fields(token, { htu })), 401)
      assert.equal(await status('/two', [`Authorization: Bearer ${token}`]), 401)
      assert.equal(await status('/two', new ProvingClient().fields(token, { htu })), 401)
    })

    it('a proof that was made for another server is not good under that server’s name', async () => {
      const token = two.token({ cnf: client.confirmation })
      const relayed = (host: string, htu: string): Promise<Answer> =>
        askSecurely(port, `GET /v1/two HTTP/1.1\r\nHost: ${host}\r\n${client.fields(token, { htu }).join('\r\n')}\r\n\r\n`, {})
      assert.equal((await relayed('evil.example', 'https://evil.example/v1/two')).status, 401)
      assert.equal((await relayed('gateway.example', 'https://evil.example/v1/two')).status, 401)
      assert.equal((await relayed('internal.example', 'https://second.example:443/v1/two')).status, 200)
    })

    it('an issuer may bind all of its tokens, and follow RFC 9068', async () => {
      const htu = 'https://gateway.example/v1/three'
      const claims = { cnf: client.confirmation, client_id: 'c', jti: 'j' }
      const header = { typ: 'at+jwt' }
      const good = three.token(claims, header)
      assert.equal(await status('/three', client.fields(good, { htu })), 200)
      const plain = three.token(claims)
      assert.equal(await status('/three', client.fields(plain, { htu })), 401)
      const unbound = three.token({ ...claims, cnf: undefined }, header)
      assert.equal(await status('/three', [`Authorization: Bearer ${unbound}`]), 401)
    })

    describe('beside API keys and passwords', () => {
      const [either, both, optional] = ['/two-or-others', '/two-and-key', '/three-or-nobody'] as const
      const htu = (path: string): { readonly htu: string } => ({ htu: `https://gateway.example/v1${path}` })

      it('only the issuers that are named count', async () => {
        for (const path of [either, both]) {
          assert.equal(await status(path, [two.bearer(), key]), 200, path)
          assert.equal(await status(path, [one.bearer(), key]), 401, path)
        }
        assert.equal(await status(either, [two.bearer()]), 200)
        assert.equal(await status(either, [one.bearer()]), 401)
        assert.equal(await status(either, [key]), 200)
        assert.equal(await status(either, [password]), 200)
        assert.equal(await status(both, [key]), 401)
      })

      it('a certificate-bound token needs its certificate', async () => {
        const bearer = two.bearer({ cnf: { 'x5t#S256': thumbprintOf(alice.cert) } })
        for (const path of [either, both]) {
          assert.equal(await status(path, [bearer, key], alice), 200, path)
          assert.equal(await status(path, [bearer, key], bob), 401, path)
          assert.equal(await status(path, [bearer, key]), 401, path)
        }
      })

      it('a key-bound token needs a proof, and each proof is good once', async () => {
        const token = two.token({ cnf: client.confirmation })
        for (const path of [either, both]) {
          const fields = [...client.fields(token, htu(path)), key]
          const next = backend.next()
          assert.equal(await status(path, fields), 200, path)
          assert.equal((await next).field('DPoP'), undefined)
          assert.equal(await status(path, fields), 401, 'used again')
          assert.equal(await status(path, [`Authorization: Bearer ${token}`, key]), 401, 'as a bearer token')
          assert.equal(await status(path, [`Authorization: DPoP ${token}`, key]), 401, 'without a proof')
          assert.equal(await status(path, [...client.fields(token, htu('/other')), key]), 401, 'a proof for another request')
          assert.equal(await status(path, [...new ProvingClient().fields(token, htu(path)), key]), 401, 'another key’s proof')
        }
      })

      it('a bound token is no better where nobody need bring one', async () => {
        const claims = { cnf: client.confirmation, client_id: 'c', jti: 'j' }
        const token = three.token(claims, { typ: 'at+jwt' })
        assert.equal(await status(optional, []), 200)
        assert.equal(await status(optional, client.fields(token, htu(optional))), 200)
        assert.equal(await status(optional, [`Authorization: Bearer ${token}`]), 401)
        assert.equal(await status(optional, [two.bearer()]), 401)
      })

      it('a 401 says that proofs are taken, and what else', async () => {
        const schemes = async (...fields: readonly string[]): Promise<readonly string[]> =>
          (await get(either, fields)).message.values('WWW-Authenticate').map((value) => value.split(' ', 1)[0]!)
        assert.deepEqual(await schemes(), ['Bearer', 'DPoP', 'ApiKey', 'Basic'])
        assert.deepEqual(await schemes('Authorization: Bearer abc'), ['Bearer', 'DPoP', 'ApiKey', 'Basic'])
        const token = two.token({ cnf: client.confirmation })
        assert.deepEqual(await schemes(`Authorization: DPoP ${token}`), ['DPoP', 'ApiKey', 'Basic'])
      })
    })

    it('an ID token is no access token', async () => {
      assert.equal(await status('/both', [one.bearer({ nonce: 'n' })]), 401)
      assert.equal(await status('/both', [one.bearer({ at_hash: 'x' })]), 401)
    })

    it('a consumer is named by the claim that the project names', async () => {
      await status('/both', [one.bearer({ user: { name: 'carol' } })])
      await gateway.log.find(({ event, consumer }) => event === 'access' && consumer === 'subject:0:carol')
    })
  })
}
