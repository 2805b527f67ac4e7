/** Tokens about which the key manager is asked: what it says, what is remembered of it, and what happens when it says nothing. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { after, afterEach, before, describe, it } from 'node:test'
import { Backend, type BackendRequest } from '../wire/backend.ts'
import { type Answer, ask } from '../wire/client.ts'
import { closeReason, frame, readFrames } from '../wire/frames.ts'
import { KeyManager } from '../wire/key-manager.ts'
import { RawConnection } from '../wire/raw-connection.ts'
import { requestText } from '../wire/request-text.ts'
import { type OpenTunnel, openTunnel, upgradeText } from '../wire/upgrade.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import { otherForm } from './revocations.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const project = `name: opaque
version: 1.0.0
apis:
  - { definition: api.yaml, basePath: /v1, backend: "\${BACKEND_URL}" }
issuers:
  - { issuer: https://one.example.com, audiences: [shop], keys: keys/one.json, passThrough: { basePath: /oauth1, revoke: "\${KEY_MANAGER}/one" } }
  - issuer: https://two.example.com
    audiences: [shop]
    claims: { client: client_id }
    introspection:
      url: "\${KEY_MANAGER}/introspect"
      clientId: gateway
      clientSecret: "\${SECRET}"
      lookups: 8
      timeout: 2s
      cache: { keep: 1d, keepInvalid: 1h }
    passThrough:
      basePath: /oauth2
      token: "\${KEY_MANAGER}/given/token"
      revoke: { url: "\${KEY_MANAGER}/taken/back" }
      authorize: "\${KEY_MANAGER}"
      userinfo: "\${KEY_MANAGER}/me"
  - { issuer: https://three.example.com, audiences: any, introspection: { url: "\${KEY_MANAGER}/third", clientId: gateway, clientSecret: "\${SECRET}", timeout: 10s, cache: { keep: 1s } } }
revocation: { snapshot: revoked.yaml }
`

const revoked = `- { signature: revoked-by-text }
- { digest: ${hash('sha256', 'revoked-by-digest', 'base64url')} }
- { client: revoked-client, before: 3500000000 }
- { jti: revoked-jti, iss: https://two.example.com }
`

const definition = `openapi: 3.1.0
info: { title: Opaque, version: 1.0.0 }
components:
  securitySchemes:
    token: { type: http, scheme: bearer }
    scoped: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://two.example.com/token, scopes: { write: Writing } } } }
security: [{ token: [] }]
x-postern: { issuers: [https://one.example.com, https://two.example.com] }
paths:
  /both: { get: { operationId: both, responses: { default: { description: An answer } } } }
  /write: { get: { operationId: write, security: [{ scoped: [write] }], responses: { default: { description: An answer } } } }
  /chat: { get: { operationId: chat, x-postern: { upgrade: websocket }, responses: { default: { description: An answer } } } }
  /one: { get: { operationId: one, x-postern: { issuers: [https://one.example.com] }, responses: { default: { description: An answer } } } }
  /three: { get: { operationId: three, x-postern: { issuers: [https://three.example.com] }, responses: { default: { description: An answer } } } }
`

export function opaqueTokens(start: Start, threads: number): void {
  describe('opaque tokens', () => {
    const one = new Issuer('https://one.example.com', 'one', 'RS256')
    const two = new Issuer('https://two.example.com', 'two', 'ES256')
    const elliptic = { bySignature: two.token(), byDigest: two.token({ sub: 'bob' }) }
    let prepared: ProjectFolder
    let backend: Backend
    let keyManager: KeyManager
    let gateway: RunningGateway
    /** Each thread has a cache of its own, so that only one can be counted on. */
    const counted = threads === 1 ? it : it.skip

    before(async () => {
      prepared = new ProjectFolder({
        'postern.yaml': project,
        'api.yaml': definition,
        'revoked.yaml': `${revoked}- { signature: "${elliptic.bySignature.split('.')[2]}" }
- { digest: "${hash('sha256', elliptic.byDigest, 'base64url')}" }
`,
        'keys/one.json': one.keySet,
      })
      backend = await Backend.start()
      keyManager = await KeyManager.start()
      const environment = { BACKEND_URL: backend.url, KEY_MANAGER: keyManager.url, SECRET: 'p%ss' }
      gateway = await start(prepared, environment)
    })
    after(async () => {
      await gateway.stop()
      await backend.stop()
      await keyManager.stop()
      prepared?.remove()
    })
    afterEach(() => {
      keyManager.answer = null
    })

    function get(path: string, token: string): Promise<Answer> {
      return ask(gateway.port, requestText('GET', `/v1${path}`, [`Authorization: Bearer ${token}`]))
    }

    async function status(path: string, token: string): Promise<number> {
      return (await get(path, token)).status
    }

    /** The word in the access log, and the answer. */
    async function refusal(path: string, token: string): Promise<readonly [number, unknown]> {
      const answer = await get(path, token)
      const line = await gateway.log.find(
        ({ event, requestId }) => event === 'access' && requestId === answer.message.field('X-Request-Id'),
      )
      return [answer.status, line.reason]
    }

    it('that are revoked are refused, whatever the key manager says', async () => {
      keyManager.knows('revoked-by-text')
      keyManager.knows('revoked-by-digest')
      keyManager.knows('of-revoked-client', { client_id: 'revoked-client' })
      keyManager.knows('with-revoked-jti', { jti: 'revoked-jti' })
      const signed = Object.values(elliptic).flatMap((token) => [token, otherForm(token)])
      for (const token of signed) keyManager.knows(token)
      for (const token of ['revoked-by-text', 'revoked-by-digest', 'of-revoked-client', 'with-revoked-jti', ...signed])
        for (const _ of [1, 2]) assert.deepEqual(await refusal('/both', token), [401, 'revoked'], token)
    })

    it('that the key manager knows are good, and the backend does not see them', async () => {
      keyManager.knows('known-1')
      const next = backend.next()
      assert.equal(await status('/both', 'known-1'), 200)
      assert.equal((await next).field('Authorization'), undefined)
      const [question] = keyManager.asked.filter(({ form }) => form.get('token') === 'known-1')
      assert.equal(question?.path, '/introspect')
      assert.equal(question?.authorization, `Basic ${btoa('gateway:p%25ss')}`)
      assert.equal(question?.form.get('token_type_hint'), 'access_token')
    })

    it('that it does not know are refused with 401', async () => {
      const answer = await get('/both', 'unknown-1')
      assert.equal(answer.status, 401)
      assert.match(
        answer.message.field('WWW-Authenticate') ?? '',
        /^Bearer realm="opaque", error="invalid_token", error_description="The access token is not active"$/,
      )
    })

    counted('are asked about once', async () => {
      keyManager.knows('known-2')
      const first = await Promise.all(Array.from({ length: 20 }, () => status('/both', 'known-2')))
      assert.deepEqual(new Set(first), new Set([200]))
      assert.equal(await status('/write', 'known-2'), 403)
      assert.equal(keyManager.countOf('known-2'), 1)
      for (let count = 0; count < 3; count++) assert.equal(await status('/both', 'unknown-2'), 401)
      assert.equal(keyManager.countOf('unknown-2'), 1)
    })

    counted('are asked about again when the answer is too old', async () => {
      keyManager.knows('short', { exp: undefined })
      assert.equal(await status('/three', 'short'), 200)
      keyManager.forgets('short')
      let tries = 0
      while ((await status('/three', 'short')) === 200) assert.ok(++tries < 100_000)
      assert.equal(keyManager.countOf('short'), 2)
    })

    it('hold their scopes, and are good no longer than the answer says', async () => {
      keyManager.knows('writer', { scope: 'read write' })
      assert.equal(await status('/write', 'writer'), 200)
      keyManager.knows('over', { exp: Math.floor(Date.now() / 1000) - 60 })
      assert.deepEqual(await refusal('/both', 'over'), [401, 'expired'])
      keyManager.knows('early', { nbf: Math.floor(Date.now() / 1000) + 60 })
      assert.deepEqual(await refusal('/both', 'early'), [401, 'not-yet-valid'])
    })

    it('are held to what their issuer is held to', async () => {
      keyManager.knows('other-audience', { aud: ['elsewhere'] })
      assert.deepEqual(await refusal('/both', 'other-audience'), [401, 'audience'])
      keyManager.knows('no-audience', { aud: undefined })
      assert.deepEqual(await refusal('/both', 'no-audience'), [401, 'claims'])
      keyManager.knows('other-issuer', { iss: one.name })
      assert.deepEqual(await refusal('/both', 'other-issuer'), [401, 'unknown-issuer'])
      keyManager.knows('own-issuer', { iss: two.name })
      assert.equal(await status('/both', 'own-issuer'), 200)
    })

    it('that are bound to their sender are no bearer tokens', async () => {
      keyManager.knows('bound', { cnf: { jkt: 'A'.repeat(43) } })
      assert.deepEqual(await refusal('/both', 'bound'), [401, 'binding'])
    })

    it('that only refresh others are refused', async () => {
      keyManager.knows('refresh', { token_type: 'refresh_token' })
      assert.deepEqual(await refusal('/both', 'refresh'), [401, 'inactive'])
    })

    it('are not asked about where the operation takes none, or where they can be none', async () => {
      const before = keyManager.asked.length
      keyManager.knows('elsewhere')
      assert.deepEqual(await refusal('/one', 'elsewhere'), [401, 'malformed'])
      assert.deepEqual(await refusal('/both', 'a,b'), [401, 'malformed'])
      assert.deepEqual(await refusal('/both', 'x'.repeat(4_097)), [401, 'too-long'])
      assert.deepEqual(await refusal('/both', `${one.token()}x`), [401, 'malformed'])
      // A key manager may read what Node does: then a JWT that is revoked by its text would be good in another spelling.
      for (const header of ['{ "alg": "RS256" }', '{\n  "alg": "RS256"\n}', '{\t"alg": "RS256" }', '{\r\n"alg": "RS256" }']) {
        const spelling = `${Buffer.from(header).toString('base64url')}.${one.token().split('.')[1]}.AB=`
        keyManager.knows(spelling)
        assert.deepEqual(await refusal('/both', spelling), [401, 'malformed'], header)
      }
      assert.equal(keyManager.asked.length, before)
    })

    it('and JWTs: those of an issuer with keys are verified, those of one without are asked about', async () => {
      const before = keyManager.asked.length
      assert.equal(await status('/both', one.token()), 200)
      assert.equal(keyManager.asked.length, before)
      const token = two.token()
      keyManager.knows(token)
      assert.equal(await status('/both', token), 200)
      assert.equal(keyManager.countOf(token), 1)
      assert.equal(await status('/both', two.token({ jti: 'forged' })), 401)
      assert.deepEqual(await refusal('/three', two.token()), [401, 'issuer-not-accepted'])
    })

    describe('when the key manager says nothing', () => {
      for (const [name, answer] of [
        ['an error', (response) => response.writeHead(500).end()],
        ['that it does not know the gateway', (response) => response.writeHead(401).end('{"active":true}')],
        ['something else', (response) => response.end('{"active":"true"}')],
        ['too much', (response) => response.end(JSON.stringify({ active: true, aud: 'shop', fill: 'x'.repeat(20_000) }))],
        ['it in a coding', (response) => response.setHeader('Content-Encoding', 'gzip').end('{"active":true}')],
      ] as const satisfies readonly (readonly [string, NonNullable<KeyManager['answer']>])[]) {
        it(`but ${name}: 503, and a known token stays good`, async () => {
          keyManager.knows('kept')
          const token = `nothing-${name.replaceAll(' ', '-')}`
          keyManager.knows(token)
          if (threads === 1) assert.equal(await status('/both', 'kept'), 200)
          keyManager.answer = answer
          const refused = await get('/both', token)
          assert.equal(refused.status, 503)
          assert.equal(refused.message.field('Retry-After'), '5')
          assert.equal(refused.message.field('WWW-Authenticate'), undefined)
          if (threads === 1) assert.equal(await status('/both', 'kept'), 200)
          keyManager.answer = null
          assert.equal(await status('/both', token), 200)
        })
      }

      it('in time: 503', async () => {
        keyManager.answer = () => {}
        assert.deepEqual(await refusal('/both', 'late'), [503, 'introspection-failed'])
      })

      counted('and somebody asks too much: 503, and a known token stays good', async () => {
        keyManager.knows('kept')
        assert.equal(await status('/both', 'kept'), 200)
        const waiting: (() => void)[] = []
        keyManager.answer = (response) => waiting.push(() => response.end('{"active":false}'))
        const asked = Array.from({ length: 3 }, (_, index) => status('/both', `flood-${index}`))
        const first = await Promise.race(asked)
        assert.equal(first, 503)
        assert.equal(await status('/both', 'kept'), 200)
        for (const answer of waiting) answer()
        const statuses = await Promise.all(asked)
        assert.equal(statuses.filter((each) => each === 503).length, 1)
      })
    })

    describe('of a key manager behind the gateway', () => {
      const credentials = `Authorization: Basic ${btoa('app:secret')}`
      const form = 'Content-Type: application/x-www-form-urlencoded'

      function post(path: string, body: string, fields: readonly string[] = [credentials, form]): Promise<Answer> {
        return ask(gateway.port, requestText('POST', path, fields, body))
      }

      it('are given out with the client’s own credentials', async () => {
        keyManager.answer = (response) => response.end('{"access_token":"given"}')
        const answer = await post('/oauth2/token?tenant=a', 'grant_type=client_credentials')
        assert.deepEqual([answer.status, answer.message.text], [200, '{"access_token":"given"}'])
        const asked = keyManager.asked.at(-1)
        assert.deepEqual([asked?.path, asked?.authorization], ['/given/token?tenant=a', `Basic ${btoa('app:secret')}`])
        assert.equal(asked?.body, 'grant_type=client_credentials')
      })

      it('are asked for by browsers, which go where they are sent', async () => {
        keyManager.answer = (response) => response.writeHead(303, { Location: '/login' }).end()
        const answer = await ask(gateway.port, requestText('GET', '/oauth2/authorize?client_id=app'))
        assert.deepEqual([answer.status, answer.message.field('Location')], [303, '/login'])
        assert.equal(keyManager.asked.at(-1)?.path, '/?client_id=app')
      })

      it('tell who the user is', async () => {
        keyManager.answer = (response) => response.end('{}')
        assert.equal((await ask(gateway.port, requestText('GET', '/oauth2/userinfo', ['Authorization: Bearer whatever']))).status, 200)
        assert.deepEqual([keyManager.asked.at(-1)?.path, keyManager.asked.at(-1)?.authorization], ['/me', 'Bearer whatever'])
      })

      it('are reached by no other method or path', async () => {
        assert.equal((await ask(gateway.port, requestText('GET', '/oauth2/token'))).status, 405)
        assert.equal((await ask(gateway.port, requestText('POST', '/oauth2/introspect', [form], 'token=x'))).status, 404)
        assert.equal((await ask(gateway.port, requestText('POST', '/oauth2/token/x', [form], 'token=x'))).status, 404)
      })

      it('are not good from the moment on that they are revoked', async () => {
        for (const [token, body] of [
          ['revoked-1', 'token=revoked-1&token_type_hint=access_token'],
          ['revoked.2~', 'token=revoked%2E2%7E'],
          ['revoked-3', '{"token":"revoked-3"}'],
        ] as const) {
          keyManager.knows(token)
          for (let count = 0; count < 4; count++) assert.equal(await status('/both', token), 200)
          keyManager.answer = (response) => {
            keyManager.forgets(token)
            response.end()
          }
          assert.equal((await post('/oauth2/revoke', body)).status, 200)
          assert.equal(keyManager.asked.at(-1)?.path, '/taken/back')
          keyManager.answer = null
          for (let count = 0; count < 4; count++) assert.equal(await status('/both', token), 401)
        }
      })

      it('also where the form comes in pieces', async () => {
        keyManager.knows('revoked-4')
        assert.equal(await status('/both', 'revoked-4'), 200)
        keyManager.answer = (response) => {
          keyManager.forgets('revoked-4')
          response.end()
        }
        const head = [
          'POST /oauth2/revoke HTTP/1.1',
          'Host: gateway.example',
          credentials,
          form,
          'Transfer-Encoding: chunked',
          '',
          '',
        ].join('\r\n')
        assert.equal((await ask(gateway.port, `${head}6\r\ntoken=\r\n9\r\nrevoked-4\r\n0\r\n\r\n`)).status, 200)
        keyManager.answer = null
        assert.equal(await status('/both', 'revoked-4'), 401)
      })

      it('also JWTs that nobody is asked about, in every thread, and no other', async () => {
        keyManager.answer = (response) => response.end()
        for (const claims of [{ jti: 'lost' }, { jti: undefined, sub: 'without-id' }]) {
          const [lost, kept] = [one.token(claims), one.token({ ...claims, sub: 'kept', ...(claims.jti && { jti: 'kept' }) })]
          for (let count = 0; count < 4; count++) assert.equal(await status('/one', lost), 200)
          assert.equal((await post('/oauth2/revoke', `token=${lost}`)).status, 200)
          assert.equal(await status('/one', lost), 200, 'another issuer’s key manager has no say in it')
          assert.equal((await post('/oauth1/revoke', `token=${lost}`)).status, 200)
          for (let count = 0; count < 4; count++) assert.deepEqual(await refusal('/one', lost), [401, 'revoked'])
          assert.equal(await status('/one', kept), 200)
        }
        const forged = `${one.token({ jti: 'by-stranger' }).slice(0, -8)}AAAAAAAA`
        assert.equal((await post('/oauth1/revoke', `token=${forged}`)).status, 200)
        assert.equal(await status('/one', one.token({ jti: 'by-stranger' })), 200)
      })

      it('also for the tunnels that they have opened', async () => {
        for (const token of ['in-tunnel', 'in-other-tunnel']) keyManager.knows(token)
        const open = (token: string): Promise<OpenTunnel> =>
          openTunnel(gateway.port, backend, upgradeText('/v1/chat', [`Authorization: Bearer ${token}`]))
        const [ended, stays] = [await open('in-tunnel'), await open('in-other-tunnel')]
        keyManager.answer = (response) => response.end()
        assert.equal((await post('/oauth2/revoke', 'token=in-tunnel')).status, 200)
        const bytes = await ended.client.until((all) => readFrames(all).length === 1)
        assert.deepEqual(closeReason(readFrames(bytes)[0]!), [1008, 'revoked'])
        const sent = frame({ payload: 'still here' })
        stays.client.send(sent)
        await stays.backend.until((all) => all.length === sent.length)
        for (const { client, backend: far } of [ended, stays]) {
          client.destroy()
          far.destroy()
        }
      })

      it('also for other answers that have begun with them', async () => {
        for (const token of ['in-stream', 'in-other-stream']) keyManager.knows(token)
        const requests: BackendRequest[] = []
        backend.on('/both?stream', (request) => {
          requests.push(request)
          request.write('HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nfirst,')
        })
        const open = async (token: string): Promise<RawConnection> => {
          const client = await RawConnection.connect(gateway.port)
          client.send(requestText('GET', '/v1/both?stream', [`Authorization: Bearer ${token}`]))
          await client.until((all) => all.toString().endsWith('first,'))
          return client
        }
        const [ended, stays] = [await open('in-stream'), await open('in-other-stream')]
        keyManager.answer = (response) => response.end()
        assert.equal((await post('/oauth2/revoke', 'token=in-stream')).status, 200)
        await ended.end()
        requests[1]!.write('second')
        await stays.until((all) => all.toString().endsWith('first,second'))
        await Promise.all([ended.destroy(), stays.destroy()])
      })

      counted('are still good where the key manager refuses to revoke them', async () => {
        keyManager.knows('not-revoked')
        assert.equal(await status('/both', 'not-revoked'), 200)
        keyManager.answer = (response) => response.writeHead(401).end()
        assert.equal((await post('/oauth2/revoke', 'token=not-revoked')).status, 401)
        keyManager.answer = null
        assert.equal(await status('/both', 'not-revoked'), 200)
        assert.equal(keyManager.countOf('not-revoked'), 2)
      })
    })

    it('are in no log line and no metric', async () => {
      const metrics = await ask(gateway.adminPort, 'GET /metrics HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n')
      assert.match(metrics.message.text, /^postern_introspections_total\{outcome="active"\} \d+$/m)
      const everything = metrics.message.text + JSON.stringify(gateway.log.lines)
      for (const text of ['known-1', 'unknown-1', 'p%ss', 'p%25ss']) assert.equal(everything.includes(text), false, text)
    })
  })
}
