/** Steps that the project does itself: what they decide, what they see, and what becomes of their mistakes. */
import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { Backend, seen } from '../wire/backend.ts'
import { ask, Client } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const failed = '500 900900 extension-failed'
const late = '503 50300 extension-late'
const invalid = '401 900901 credential-invalid'
const unsubscribed = '403 900908 subscription-missing'
const withoutScope = '403 900910 scope-missing'

export function extensions(start: Start): void {
  describe('steps of the project’s own', () => {
    const one = new Issuer('https://one.example.com', 'one', 'RS256')
    const two = new Issuer('https://two.example.com', 'two', 'ES256')
    let prepared: ProjectFolder
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const keyText = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    let backend: Backend
    let gateway: RunningGateway

    before(async () => {
      const digest = createHash('sha256').update('k-partner').digest('hex')
      prepared = new ProjectFolder(
        {
          'keys/one.jwks.json': one.keySet,
          'keys/two.jwks.json': two.keySet,
          'api-keys.yaml': `keys: [{ id: partner, digest: "sha256:${digest}" }]\n`,
        },
        'extensions-project',
      )
      backend = await Backend.start()
      gateway = await start(prepared, { BACKEND_URL: backend.url, BACKEND_TOKEN_KEY: keyText })
    })
    after(async () => {
      await gateway.stop()
      await backend.stop()
      prepared?.remove()
    })

    /** `200`, or status, code and kind of the refusal. */
    async function get(target: string, ...fields: readonly string[]): Promise<string> {
      const { status, message } = await ask(gateway.port, requestText('GET', target, fields))
      if (status === 200) return '200'
      const body = JSON.parse(message.body.toString())
      return `${status} ${body.code} ${body.type.slice('urn:postern:refusal:'.length)}`
    }

    const bearer = (token: string): string => `Authorization: Bearer ${token}`

    test('a token that only the project knows', async () => {
      assert.equal(await get('/api/token', bearer('table-alice')), '200')
      assert.equal(await get('/api/read', bearer('table-alice')), '200')
      assert.equal(await get('/api/read', bearer('table-two')), unsubscribed)
      assert.equal(await get('/api/token', bearer('table-nobody')), invalid)
    })

    test('a token that the gateway knows, which is asked', async () => {
      assert.equal(await get('/api/token', one.bearer()), '200')
      assert.equal(await get('/api/token', one.bearer({ exp: 1 })), '401 900903 credential-expired')
      assert.equal(await get('/api/token', one.bearer({ aud: 'elsewhere' })), invalid)
    })

    test('without a token the gateway decides', async () => {
      assert.equal(await get('/api/token'), '401 900902 credential-missing')
      assert.equal(await get('/api/token', 'Authorization: Basic YTpi'), '401 900902 credential-missing')
      assert.equal(await get('/api/optional'), '200')
      assert.equal(await get('/api/open', bearer('throws')), '200')
    })

    test('a token that the project refuses', async () => {
      const { message } = await ask(gateway.port, requestText('GET', '/api/token', [bearer('false')]))
      assert.match(message.field('www-authenticate') ?? '', /^Bearer realm="extensions", error="invalid_token"/)
      assert.equal(await get('/api/token', bearer('refused')), invalid)
      assert.equal(await get('/api/optional', bearer('refused')), invalid)
    })

    test('whether an application is subscribed', async () => {
      assert.equal(await get('/api/token', bearer('table-banned')), unsubscribed)
      assert.equal(await get('/api/token', two.bearer()), unsubscribed)
      assert.equal(await get('/api/token', two.bearer({ trusted: true })), '200')
    })

    test('whether scopes suffice, and nothing else', async () => {
      assert.equal(await get('/api/level', one.bearer()), withoutScope)
      assert.equal(await get('/api/level', one.bearer({ scope: 'admin' })), withoutScope)
      assert.equal(await get('/api/level', one.bearer(), 'X-Level: high'), '200')
      assert.equal(await get('/api/level', 'X-Level: high'), '401 900902 credential-missing')
      assert.equal(await get('/api/read', one.bearer()), withoutScope)
      assert.equal(await get('/api/read', one.bearer({ scope: 'read' })), '200')
    })

    test('beside other kinds of credential', async () => {
      const key = 'X-API-Key: k-partner'
      assert.equal(await get('/api/either', key), '200')
      assert.equal(await get('/api/either', bearer('table-alice')), '200')
      assert.equal(await get('/api/either', bearer('refused'), key), invalid)
      assert.equal(await get('/api/both', bearer('table-alice')), '401 900902 credential-missing')
      assert.equal(await get('/api/both', bearer('table-alice'), key), '200')
    })

    test('what is no answer refuses the request', async () => {
      for (const token of [
        'nothing',
        'null',
        'one',
        'text',
        'list',
        'empty',
        'word',
        'stranger',
        'no-holder',
        'borrowed',
        'holder-text',
        'holder-stranger',
        'holder-issuer',
        'holder-scopes',
        'holder-type',
        'holder-client',
        'attach-text',
        'large',
        'cyclic',
      ])
        assert.equal(await get('/api/token', bearer(token)), failed, token)
    })

    test('what throws refuses the request, and the log does not repeat what it says', async () => {
      assert.equal(await get('/api/token', bearer('throws')), failed)
      assert.equal(await get('/api/token', one.bearer({ azp: undefined, client_id: 'thrower' })), failed)
      const thrown = 'validateToken of extensions/token.ts: it threw: '
      await gateway.log.find(({ event, problem }) => event === 'extension' && String(problem).startsWith(thrown))
      assert.doesNotMatch(JSON.stringify(gateway.log.lines), /is in the message/)
    })

    test('claims cannot be changed', async () => {
      const bearer = one.bearer({ sub: 'changer' })
      assert.equal(await get('/api/token', bearer), failed)
      assert.equal(await get('/api/token', bearer), failed)
    })

    test('what never answers is not waited for', async () => {
      assert.equal(await get('/api/token', bearer('never')), late)
    })

    test('what answers too late changes nothing of the next request', async () => {
      const client = await Client.connect(gateway.port)
      const status = async (...fields: readonly string[]): Promise<number> =>
        (await client.request(requestText('GET', '/api/token', fields))).status
      assert.equal(await status(bearer('late')), 503)
      // It answers while this one waits.
      assert.equal(await status(bearer('never')), 503)
      assert.equal(await status(), 401)
      await client.destroy()
    })

    test('a gateway’s step that nobody waits for is waited for', async () => {
      assert.equal(await get('/api/token', bearer('hurried')), '200')
    })

    test('what is seen of a request holds no credential', async () => {
      assert.equal(await get('/api/token', bearer('view'), 'X-Seen: a', 'x-seen: b', 'Cookie: key=1'), '200')
    })

    test('the backend’s token', async () => {
      const told = async (...fields: readonly string[]): Promise<readonly string[]> => {
        const answer = await ask(gateway.port, requestText('GET', '/api/level', ['X-Level: high', 'X-JWT-Assertion: forged', ...fields]))
        assert.equal(answer.status, 200)
        const { fields: seenFields } = seen(answer)
        return seenFields.filter(([name]) => name.toLowerCase() === 'x-jwt-assertion').map(([, value]) => value)
      }
      const [own] = await told(one.bearer({ sub: 'own' }))
      assert.equal(own, `own.${Buffer.from(JSON.stringify({ level: 'high' })).toString('base64url')}`)
      const [standard = ''] = await told(one.bearer())
      const claims = JSON.parse(Buffer.from(standard.split('.')[1] ?? '', 'base64url').toString())
      assert.deepEqual([claims.sub, claims.level], ['alice', 'high'])
      assert.deepEqual(await told(one.bearer({ sub: 'nothing' })), [])
      for (const sub of ['line', 'long', 'number', 'none']) assert.equal(await get('/api/token', one.bearer({ sub })), failed, sub)
    })

    test('refusals are counted', async () => {
      const { message } = await ask(gateway.adminPort, requestText('GET', '/metrics'))
      for (const reason of ['refused', 'failed', 'late']) {
        assert.match(message.body.toString(), new RegExp(`^postern_auth_failures_total\\{reason="extension-${reason}"\\} [1-9]`, 'm'))
      }
    })
  })
}
