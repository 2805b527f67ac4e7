/** What backends are told of who calls: a token that they can verify, plain fields, the caller's own credential. */
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, scryptSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import { Backend, type Seen, seen } from '../wire/backend.ts'
import { ask } from '../wire/client.ts'
import { Http2LibraryClient } from '../wire/http2-library-client.ts'
import { requestText } from '../wire/request-text.ts'
import { openTunnel, upgradeText } from '../wire/upgrade.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const header = 'X-JWT-Assertion'
const dialect = 'http://wso2.org/claims'
const salt = Buffer.alloc(16, 7)
const users = `users:
  - { name: bob, password: "scrypt$16384$8$1$${salt.toString('base64url')}$${scryptSync('secret', salt, 32).toString('base64url')}" }
`
const apiKeys = `keys:
  - { id: k1, digest: "sha256:${createHash('sha256').update('k-1').digest('hex')}", consumer: partner, expires: 2099-01-31 }
  - { id: k2, digest: "sha256:${createHash('sha256').update('k-2').digest('hex')}", consumer: admins, scopes: [admin] }
`
const key = 'api_key: k-1'
const basic = `Authorization: Basic ${Buffer.from('bob:secret').toString('base64')}`

export function backendIdentity(start: Start, threads: number): void {
  describe('a backend is told who calls', () => {
    const one = new Issuer('https://one.example.com', 'one', 'RS256')
    let prepared: ProjectFolder
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    let backend: Backend
    let gateway: RunningGateway

    before(async () => {
      prepared = new ProjectFolder({ 'keys/one.jwks.json': one.keySet, 'api-keys.yaml': apiKeys, 'users.yaml': users }, 'identity-project')
      const keyFile = join(prepared.folder, 'backend-token.pem')
      writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
      backend = await Backend.start()
      gateway = await start(prepared, { BACKEND_URL: backend.url, BACKEND_TOKEN_KEY: keyFile })
    })
    after(async () => {
      await gateway.stop()
      await backend.stop()
      prepared?.remove()
    })

    async function told(target: string, ...fields: readonly string[]): Promise<Seen> {
      const answer = await ask(gateway.port, requestText('GET', target, fields))
      assert.equal(answer.status, 200, answer.message.text)
      return seen(answer)
    }

    function values({ fields }: Pick<Seen, 'fields'>, name: string): readonly string[] {
      return fields.filter(([own]) => own.toLowerCase().replaceAll('_', '-') === name.toLowerCase()).map(([, value]) => value)
    }

    /** As a backend would, with the keys that the gateway publishes. */
    async function verified(request: Pick<Seen, 'fields'>): Promise<JWTPayload> {
      const keySet = createRemoteJWKSet(new URL(`http://127.0.0.1:${gateway.adminPort}/jwks`))
      const [token, ...more] = values(request, header)
      assert.deepEqual([more, typeof token], [[], 'string'])
      const expected = { issuer: 'https://gateway.example.com', audience: 'orders', algorithms: ['ES256'] }
      return (await jwtVerify(token!, keySet, expected)).payload
    }

    test('by a token that it can verify with the published key', async () => {
      const claims = { azp: 'mobile', scope: 'a b', email: 'a@example.com', secret: 1, application: { id: 17, name: 'App', tier: 'Gold' } }
      const payload = await verified(await told('/told/token', one.bearer(claims)))
      assert.deepEqual([payload.sub, payload.client_id, payload.scope, payload.scopes], ['alice', 'mobile', 'a b', 'a b'])
      assert.deepEqual([payload.email, payload.secret], ['a@example.com', undefined])
      assert.deepEqual(
        ['applicationid', 'applicationname', 'applicationtier', 'apiname', 'apicontext', 'version', 'keytype', 'enduser'].map(
          (name) => payload[`${dialect}/${name}`],
        ),
        ['17', 'App', 'Gold', 'Told', '/told', '2.1.0', 'PRODUCTION', 'alice'],
      )
    })

    test('whatever the caller has proved himself with', async () => {
      assert.deepEqual((await verified(await told('/told/key', key))).sub, 'partner')
      assert.deepEqual((await verified(await told('/told/basic', basic))).sub, 'bob')
      const { sub, client_id } = await verified(await told('/told/both', key, one.bearer({ azp: 'mobile' })))
      assert.deepEqual([sub, client_id], ['alice', 'mobile'])
    })

    test('of the credentials that let him in, and of no other beside them', async () => {
      const mallory = one.bearer({ sub: 'mallory', azp: 'mobile' })
      const request = await told('/told/either', 'api_key: k-2', mallory)
      const { sub, client_id, scope } = await verified(request)
      assert.deepEqual([sub, client_id, scope, values(request, 'X-Consumer-Id')], ['admins', 'k2', 'admin', ['consumer:admins']])
      const other = await verified(await told('/told/either', 'api_key: k-2', one.bearer({ azp: 'mobile', scope: 'other' })))
      assert.deepEqual([other.sub, other.client_id, other.scope], ['alice', 'mobile', 'other'])
    })

    test('by a token that ends with the caller’s own', async () => {
      const now = Math.floor(Date.now() / 1000)
      const short = await verified(await told('/told/token', one.bearer({ exp: now + 40 })))
      assert.equal(short.exp, now + 40)
      const long = await verified(await told('/told/token', one.bearer({ exp: now + 4000 })))
      assert.ok(long.exp! >= now + 300 && long.exp! < now + 400)
    })

    test('by the same token again, and another for another API', async () => {
      const bearer = one.bearer({ sub: 'again' })
      const tokens = new Set<string>()
      for (let count = 0; count < 6; count++) tokens.add(values(await told('/told/token', bearer), header)[0]!)
      assert.ok(tokens.size <= threads, `${tokens.size} tokens`)
      assert.equal((await verified(await told('/other/token', bearer)))[`${dialect}/apiname`], 'Other')
    })

    test('and by nobody else, in whatever spelling', async () => {
      const forged = [
        ...['X-JWT-Assertion', 'x_jwt_assertion', 'X-Jwt_Assertion', 'X-Consumer-Id', 'x_consumer_id', 'X-User', 'X_USER', 'X-Roles'].map(
          (name) => `${name}: forged`,
        ),
        'Connection: X-JWT-Assertion, X-User',
      ]
      const bearer = one.bearer()
      for (const target of ['/told/token', '/told/perhaps', '/other/token']) {
        const request = await told(target, ...forged, bearer)
        assert.doesNotMatch(JSON.stringify(request), /forged/, target)
        assert.equal((await verified(request)).sub, 'alice', target)
      }
      for (const [target, ...fields] of [['/told/open'], ['/told/perhaps'], ['/told/not', bearer]] as const) {
        const request = await told(target, ...forged, ...fields)
        assert.doesNotMatch(JSON.stringify(request), /forged/, target)
        assert.deepEqual(values(request, header), [], target)
      }
    })

    test('over HTTP/2 as well', async () => {
      const client = await Http2LibraryClient.connect(gateway.port)
      const fields = { authorization: one.bearer().slice('Authorization: '.length), 'x-jwt-assertion': 'forged', x_user: 'forged' }
      const { status, body } = await client.ask('GET', '/told/token', fields)
      await client.close()
      assert.equal(status, 200)
      const request = JSON.parse(body.toString('latin1')) as Seen
      assert.doesNotMatch(JSON.stringify(request), /forged/)
      assert.equal((await verified(request)).sub, 'alice')
    })

    test('when a client switches to another protocol', async () => {
      const tunnel = await openTunnel(
        gateway.port,
        backend,
        upgradeText('/told/socket', [one.bearer(), 'X-JWT-Assertion: forged', 'X-User: forged']),
      )
      assert.equal((await verified(tunnel.request)).sub, 'alice')
      assert.deepEqual(values(tunnel.request, 'X-User'), ['alice'])
      tunnel.client.destroy()
    })

    test('not at all where nobody is known, or the project says so', async () => {
      for (const [target, ...fields] of [['/told/open', one.bearer()], ['/told/perhaps'], ['/told/not', one.bearer()]] as const) {
        const request = await told(target, ...fields)
        for (const name of [header, 'X-Consumer-Id', 'X-User', 'Authorization']) assert.deepEqual(values(request, name), [], target)
      }
    })

    test('in plain fields, which no claim can break', async () => {
      const claims = { sub: 'Zoë\r\nX-Admin: yes', azp: 'mobile', realm_access: { roles: ['a', 'b,c'] } }
      const request = await told('/told/fields', one.bearer(claims), 'X-Roles: admin')
      assert.deepEqual(values(request, 'X-Consumer-Id'), ['client:0:mobile'])
      assert.deepEqual(values(request, 'X-User'), ['Zo%C3%AB%0D%0AX-Admin: yes'])
      assert.deepEqual(values(request, 'X-Roles'), ['a,b%2Cc'])
      assert.deepEqual([values(request, 'X-Admin'), values(request, header)], [[], []])
      assert.deepEqual(values(await told('/told/fields', one.bearer(), 'X-Roles: admin'), 'X-Roles'), [])
    })

    test('by the caller’s own credential where that is asked for', async () => {
      const bearer = one.bearer()
      assert.deepEqual(values(await told('/told/credential', bearer), 'Authorization'), [bearer.slice('Authorization: '.length)])
      assert.deepEqual(values(await told('/told/credential', basic), 'Authorization'), [basic.slice('Authorization: '.length)])
      assert.deepEqual(values(await told('/told/credential', key), 'api-key'), ['k-1'])
      assert.deepEqual((await told('/told/credential?a=1&key=k-1')).target, '/credential?a=1')
      assert.deepEqual(values(await told('/told/own-business', 'Authorization: Digest x'), 'Authorization'), ['Digest x'])
      assert.deepEqual(values(await told('/told/token', bearer), 'Authorization'), [])
    })

    test('or there is no gateway: one that cannot read its key does not start', async () => {
      const started = start(prepared, { BACKEND_URL: backend.url, BACKEND_TOKEN_KEY: join(prepared.folder, 'nowhere.pem') })
      await assert.rejects(started, /BACKEND_TOKEN_KEY: the file of the private key cannot be read: ENOENT/)
    })

    test('and the key set is there for everybody, with the public half only', async () => {
      const response = await fetch(`http://127.0.0.1:${gateway.adminPort}/jwks`)
      assert.equal(response.headers.get('content-type'), 'application/jwk-set+json')
      const { keys } = (await response.json()) as { readonly keys: readonly Readonly<Record<string, unknown>>[] }
      assert.deepEqual(
        keys.map((jwk) => Object.keys(jwk).toSorted()),
        [['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']],
      )
      const metrics = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
      assert.match(metrics, /^postern_backend_tokens_signed_total [1-9]/m)
    })
  })
}
