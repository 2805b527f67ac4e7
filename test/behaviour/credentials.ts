/** API keys, passwords and tokens, alone, together (AND) and one instead of another (OR). */
import assert from 'node:assert/strict'
import { createHash, scryptSync } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { Backend, type Seen } from '../wire/backend.ts'
import { type Answer, ask } from '../wire/client.ts'
import { Http2LibraryClient } from '../wire/http2-library-client.ts'
import { requestText } from '../wire/request-text.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const keys = { plain: 'k-plain-1', writer: 'k-writer', old: 'k-old', near: 'k-near', far: 'k-far', page: 'k-page', other: 'k-other' }

function digest(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}

function scrypt(password: string): string {
  const salt = Buffer.alloc(16, 7)
  return `scrypt$16384$8$1$${salt.toString('base64url')}$${scryptSync(password, salt, 32).toString('base64url')}`
}

const apiKeys = `keys:
  - { id: plain, digest: "${digest(keys.plain)}" }
  - { id: writer, digest: "${digest(keys.writer)}", scopes: [write, unknown] }
  - { id: old, digest: "${digest(keys.old)}", expires: 2020-01-31 }
  - { id: near, digest: "${digest(keys.near)}", addresses: [127.0.0.0/8] }
  - { id: far, digest: "${digest(keys.far)}", addresses: [192.0.2.0/24] }
  - { id: page, digest: "${digest(keys.page)}", referrers: ["https://partner.example/*"] }
  - { id: other, digest: "${digest(keys.other)}", apis: [Other] }
issuers:
  - { issuer: https://keys.example.com/apikey, keys: keys/keys.jwks.json }
  - { issuer: https://one.example.com, keys: keys/one.jwks.json, validateAllowedAPIs: false }
`
const users = `users:
  - { name: alice, password: "${scrypt('secret')}" }
  - { name: dörte, password: "${scrypt('pässword:1')}", scopes: [write] }
  - { name: legacy, password: "@sha256:{${createHash('sha256').update('old').digest('hex')}}" }
`

function basic(pair: string): string {
  return `Authorization: Basic ${Buffer.from(pair).toString('base64')}`
}

const page = 'Origin: https://app.example.com'

export function credentials(start: Start, threads: number): void {
  describe('several kinds of credential', () => {
    const one = new Issuer('https://one.example.com', 'one', 'RS256')
    const signer = new Issuer('https://keys.example.com/apikey', 'keys', 'RS256')
    let prepared: ProjectFolder
    let backend: Backend
    let gateway: RunningGateway

    before(async () => {
      prepared = new ProjectFolder(
        { 'keys/one.jwks.json': one.keySet, 'keys/keys.jwks.json': signer.keySet, 'api-keys.yaml': apiKeys, 'users.yaml': users },
        'credentials-project',
      )
      backend = await Backend.start()
      gateway = await start(prepared, { BACKEND_URL: backend.url })
    })
    after(async () => {
      await gateway.stop()
      await backend.stop()
      prepared?.remove()
    })

    function get(target: string, ...fields: readonly string[]): Promise<Answer> {
      return ask(gateway.port, requestText('GET', target, fields))
    }

    async function seen(target: string, ...fields: readonly string[]): Promise<Seen> {
      const { status, message } = await get(target, ...fields)
      assert.equal(status, 200, message.body.toString())
      return JSON.parse(message.body.toString())
    }

    async function kind(target: string, ...fields: readonly string[]): Promise<string> {
      const { status, message } = await get(target, ...fields)
      return status === 200 ? '200' : `${status} ${JSON.parse(message.body.toString()).type.slice('urn:postern:refusal:'.length)}`
    }

    const key = (text: string): string => `X-API-Key: ${text}`

    /** What each kind comes as. */
    const ways = {
      key: { missing: [], malformed: [key('a b')], wrong: [key('k-nobody')], expired: [key(keys.old)], right: [key(keys.plain)] },
      token: {
        missing: [],
        malformed: ['Authorization: Bearer abc'],
        wrong: [() => one.bearer({ aud: 'elsewhere' })],
        expired: [() => one.bearer({ exp: 1 })],
        right: [() => one.bearer()],
      },
    } as const
    const states = ['missing', 'malformed', 'wrong', 'expired', 'right'] as const
    const expected = {
      missing: 'credential-missing',
      malformed: 'credential-invalid',
      wrong: 'credential-invalid',
      expired: 'credential-expired',
    }

    for (const keyState of states) {
      for (const tokenState of states) {
        test(`a key that is ${keyState} with a token that is ${tokenState}`, async () => {
          const fields = [...ways.key[keyState], ...ways.token[tokenState]].map((field) => (typeof field === 'string' ? field : field()))
          const bad = [tokenState, keyState].find((state) => state !== 'missing' && state !== 'right')
          const some = keyState === 'right' || tokenState === 'right'
          const both = keyState === 'right' && tokenState === 'right'
          const refused = `401 ${expected[bad ?? 'missing']}`
          assert.equal(await kind('/kinds/key-or-token', ...fields), bad === undefined && some ? '200' : refused, 'OR')
          assert.equal(await kind('/kinds/key-and-token', ...fields), both ? '200' : refused, 'AND')
        })
      }
    }

    test('passwords beside tokens and keys', async () => {
      const alice = basic('alice:secret')
      assert.equal(await kind('/kinds/basic-or-token', alice), '200')
      assert.equal(await kind('/kinds/basic-or-token', one.bearer()), '200')
      assert.equal(await kind('/kinds/basic-or-token', basic('alice:wrong')), '401 credential-invalid')
      assert.equal(await kind('/kinds/basic-or-token'), '401 credential-missing')
      assert.equal(await kind('/kinds/basic-or-token', 'Authorization: Digest abc'), '401 credential-missing')
      assert.equal(await kind('/kinds/key-and-basic', alice), '401 credential-missing')
      assert.equal(await kind('/kinds/key-and-basic', key(keys.plain)), '401 credential-missing')
      assert.equal(await kind('/kinds/key-and-basic', alice, key(keys.plain)), '200')
      assert.equal(await kind('/kinds/key-and-basic', alice, key('nobody')), '401 credential-invalid')
      assert.equal(await kind('/kinds/basic', one.bearer()), '401 credential-missing')
    })

    test('an alternative of several kinds with scopes', async () => {
      assert.equal(await kind('/kinds/either-way', key(keys.plain), one.bearer()), '200')
      assert.equal(await kind('/kinds/either-way', basic('dörte:pässword:1')), '200')
      assert.equal(await kind('/kinds/either-way', basic('alice:secret')), '403 scope-missing')
      assert.equal(await kind('/kinds/either-way', key(keys.plain)), '401 credential-missing')
    })

    test('scopes of keys and users', async () => {
      assert.equal(await kind('/kinds/scoped-key', key(keys.writer)), '200')
      assert.equal(await kind('/kinds/scoped-key', key(keys.plain)), '403 scope-missing')
      assert.equal(await kind('/kinds/scoped-basic', basic('dörte:pässword:1')), '200')
      assert.equal(await kind('/kinds/scoped-basic', basic('legacy:old')), '403 scope-missing')
    })

    test('a wrong key is ignored where nothing is asked for, and refused where it is optional', async () => {
      assert.equal(await kind('/kinds/open', key('nobody'), basic('a:b')), '200')
      assert.equal(await kind('/kinds/optional-key', key('nobody')), '401 credential-invalid')
      assert.equal(await kind('/kinds/optional-key', key(keys.plain)), '200')
      assert.equal(await kind('/kinds/optional-key'), '200')
    })

    test('a 401 names every scheme that would do', async () => {
      const challenges = async (path: string, ...fields: readonly string[]): Promise<readonly string[]> =>
        (await get(path, ...fields)).message.fields.flatMap(([name, value]) => (/^www-authenticate$/i.test(name) ? [value] : []))
      const realm = 'realm="credentials"'
      assert.deepEqual(await challenges('/kinds/basic-or-token'), [`Bearer ${realm}`, `Basic ${realm}, charset="UTF-8"`])
      assert.deepEqual(await challenges('/kinds/header'), [`ApiKey ${realm}`])
      assert.deepEqual(await challenges('/kinds/key-or-token', 'Authorization: Bearer abc'), [
        `Bearer ${realm}, error="invalid_token", error_description="The access token is malformed"`,
        `ApiKey ${realm}`,
      ])
    })

    test('a page may read why it is refused', async () => {
      for (const [path, ...fields] of [
        ['/header'],
        ['/header', key('nobody')],
        ['/key-or-token'],
        ['/basic', basic('alice:wrong')],
      ] as const) {
        const { status, message } = await get(`/kinds${path}`, page, ...fields)
        assert.deepEqual([status, message.field('access-control-allow-origin')], [401, 'https://app.example.com'], path)
        assert.match(message.field('access-control-expose-headers') ?? '', /WWW-Authenticate/, path)
        assert.equal(
          (await get(`/kinds${path}`, 'Origin: https://evil.example', ...fields)).message.field('access-control-allow-origin'),
          undefined,
        )
      }
    })

    test('a preflight needs no credential, and looks at none', async () => {
      for (const path of ['/header', '/basic', '/key-and-token', '/query?api_key=nobody']) {
        const asks = [page, 'Access-Control-Request-Method: GET', 'Access-Control-Request-Headers: x-api-key', key('nobody')]
        const { status, message } = await ask(gateway.port, requestText('OPTIONS', `/kinds${path}`, asks))
        assert.deepEqual([status, message.field('access-control-allow-headers')], [204, 'authorization, x-api-key'], path)
      }
    })

    test('keys do not reach the backend, and all else does, byte for byte', async () => {
      assert.deepEqual(
        (await seen('/kinds/header', key(keys.plain), 'X-Other: 1')).fields.filter(([name]) => /^x-(api|other)/i.test(name)),
        [['X-Other', '1']],
      )
      for (const [sent, forwarded] of [
        [`?api_key=${keys.plain}`, ''],
        [`?a=%2f&api_key=${keys.plain}&b=c%20d&&e`, '?a=%2f&b=c%20d&&e'],
        [`?api%5Fkey=%6B-plain-1&api_keys=1`, '?api_keys=1'],
      ] as const)
        assert.equal((await seen(`/kinds/query${sent}`)).target, `/query${forwarded}`)
      const cookies = async (...lines: readonly string[]): Promise<readonly string[]> =>
        (await seen('/kinds/cookie', ...lines)).fields.flatMap(([name, value]) => (/^cookie$/i.test(name) ? [value] : []))
      assert.deepEqual(await cookies(`Cookie: key=${keys.plain}`), [])
      assert.deepEqual(await cookies(`Cookie: a=1; key=${keys.plain}; keys=2`), ['a=1; keys=2'])
      assert.deepEqual(await cookies(`Cookie: a=1; key =${keys.plain}; key`), ['a=1; key'])
      assert.deepEqual(await cookies('Cookie: a=1;b="x; y"', `cookie: key=${keys.plain}`), ['a=1;b="x; y"'])
    })

    test('passwords do not reach the backend', async () => {
      const { fields } = await seen('/kinds/basic', basic('alice:secret'))
      assert.ok(!JSON.stringify(fields).toLowerCase().includes('authorization'))
    })

    test('more than one key is refused, wherever they are', async () => {
      const twice = '400 duplicate-credential'
      assert.equal(await kind('/kinds/header', key(keys.plain), key(keys.plain)), twice)
      assert.equal(await kind(`/kinds/query?api_key=${keys.plain}&api_key=x`), twice)
      assert.equal(await kind(`/kinds/query?api_key=x&api%5fkey=${keys.plain}`), twice)
      assert.equal(await kind('/kinds/cookie', `Cookie: key=${keys.plain}; key=x`), twice)
      assert.equal(await kind('/kinds/cookie', `Cookie: key=${keys.plain}`, 'Cookie: key=x'), twice)
      assert.equal(await kind('/kinds/cookie', `Cookie: key \t=x; key=${keys.plain}`), twice)
      assert.equal(await kind(`/kinds/anywhere?api_key=${keys.plain}`, key(keys.plain)), twice)
      assert.equal(await kind(`/kinds/anywhere?api_key=${keys.plain}`), '200')
    })

    test('keys and passwords of clients that speak HTTP/2', async () => {
      const client = await Http2LibraryClient.connect(gateway.port)
      const status = async (path: string, fields: Readonly<Record<string, string | string[]>> = {}): Promise<number> =>
        (await client.ask('GET', path, fields)).status
      const authorization = basic('alice:secret').slice('Authorization: '.length)
      try {
        assert.equal(await status('/kinds/header'), 401)
        assert.equal(await status('/kinds/header', { 'x-api-key': 'nobody' }), 401)
        assert.equal(await status('/kinds/key-and-basic', { 'x-api-key': keys.plain }), 401)
        assert.equal(await status('/kinds/key-and-basic', { 'x-api-key': keys.plain, authorization }), 200)
        assert.equal(await status('/kinds/basic', { authorization: authorization.replace('basic', 'BASIC') }), 200)
        assert.equal(await status('/kinds/cookie', { cookie: ['a=1', `key=${keys.plain}`, 'b=2'] }), 200)
        assert.equal(await status('/kinds/cookie', { cookie: [`key=${keys.plain}`, 'key=x'] }), 400)
        const { body } = await client.ask('GET', `/kinds/anywhere?api_key=${keys.plain}&a=1`)
        const { target, fields } = JSON.parse(body.toString()) as Seen
        assert.deepEqual([target, JSON.stringify(fields).includes(keys.plain)], ['/anywhere?a=1', false])
      } finally {
        await client.close()
      }
    })

    test('a key holds where it is confined to', async () => {
      assert.equal(await kind('/kinds/header', key(keys.near)), '200')
      assert.equal(await kind('/kinds/header', key(keys.far)), '403 credential-not-allowed')
      assert.equal(await kind('/kinds/header', key(keys.far), 'X-Forwarded-For: 192.0.2.1'), '403 credential-not-allowed')
      assert.equal(await kind('/kinds/header', key(keys.other)), '403 credential-not-allowed')
      assert.equal(await kind('/other/header', key(keys.other)), '200')
      const confined = key(keys.page)
      assert.equal(await kind('/kinds/header', confined, 'Origin: https://partner.example'), '200')
      assert.equal(await kind('/kinds/header', confined, 'Referer: https://partner.example/a?b'), '200')
      for (const fields of [
        [],
        ['Origin: https://partner.example.evil.test'],
        ['Origin: null'],
        ['Referer: https://evil.test/https://partner.example/'],
        ['Referer: https://partner.example@evil.test/'],
        ['Origin: https://evil.test', 'Referer: https://partner.example/'],
        ['Origin: https://evil.test', 'Origin: https://partner.example'],
      ])
        assert.equal(await kind('/kinds/header', confined, ...fields), '403 credential-not-allowed', fields.join())
    })

    const allowedAPIs = [{ name: 'Kinds', version: '1.0.0' }]

    /** As WSO2's token service signs them. */
    function signed(claims: Readonly<Record<string, unknown>> = {}, header: Readonly<Record<string, unknown>> = {}): string {
      return signer.token({ aud: undefined, exp: undefined, keytype: 'PRODUCTION', allowedAPIs, ...claims }, header)
    }

    test('a signed key opens the APIs that it names', async () => {
      const unlimited = signed()
      assert.equal(await kind('/kinds/header', key(unlimited)), '200')
      assert.equal(await kind('/kinds/header', key(unlimited)), '200')
      assert.equal(await kind(`/kinds/query?api_key=${unlimited}`), '200')
      assert.equal(await kind('/other/header', key(unlimited)), '403 credential-not-allowed')
      const subscribedAPIs = [{ name: 'Other', version: '*' }]
      assert.equal(await kind('/other/header', key(signed({ subscribedAPIs }))), '200')
      assert.equal(await kind('/kinds/header', key(signed({ subscribedAPIs }))), '403 credential-not-allowed')
      for (const none of [
        { allowedAPIs: undefined },
        { allowedAPIs: [] },
        { allowedAPIs: '*' },
        { allowedAPIs: [{ name: 'Kinds', version: '2.0.0' }] },
      ])
        assert.equal(await kind('/kinds/header', key(signed(none))), '403 credential-not-allowed', JSON.stringify(none))
      assert.equal(await kind('/kinds/scoped-key', key(signed())), '403 scope-missing')
      assert.equal(await kind('/kinds/scoped-key', key(signed({ scope: 'write' }))), '200')
      assert.equal(await kind('/kinds/header', key(signed({ keytype: 'SANDBOX' }))), '403 wrong-key-type')
    })

    test('a token that is not enough does not choose the backend of the key beside it, nor who calls', async () => {
      const sandbox = key(signed({ keytype: 'SANDBOX', application: 'app-9' }))
      assert.equal(await kind('/kinds/key-or-scoped-token', sandbox, one.bearer()), '403 wrong-key-type')
      assert.equal(await kind('/kinds/key-or-scoped-token', sandbox, one.bearer({ scope: 'write' })), '200')
      assert.ok(await gateway.log.find(({ status, consumer }) => status === 403 && consumer === 'application:key0:app-9'))
    })

    test('a signed key of a denied user, whatever application it was made for', async () => {
      assert.equal(await kind('/kinds/header', key(signed({ sub: 'mallory', application: 'app-9' }))), '403 caller-blocked')
      assert.equal(await kind('/kinds/header', key(signed({ sub: 'mallory-2', application: 'app-9' }))), '200')
    })

    test('a signed key that is not good', async () => {
      const seconds = Math.floor(Date.now() / 1000)
      const [header, payload] = signed().split('.')
      const stranger = new Issuer(signer.name, 'keys', 'RS256')
      for (const [text, expected] of [
        [signed({ exp: seconds - 60 }), 'credential-expired'],
        [signed({ nbf: seconds + 60 }), 'credential-invalid'],
        [signed({ iat: seconds + 60 }), 'credential-invalid'],
        [signed({ exp: 'never' }), 'credential-invalid'],
        [signed({ iss: 'https://elsewhere.example.com' }), 'credential-invalid'],
        [signed({ sub: undefined }), 'credential-invalid'],
        [signed({ keytype: 'OTHER' }), 'credential-invalid'],
        [signed({ permittedIP: 17 }), 'credential-invalid'],
        [signed({ permittedIP: '127.0.0.1,nobody' }), 'credential-invalid'],
        [signed({ token_type: 'access' }), 'credential-invalid'],
        [signed({}, { typ: 'at+jwt' }), 'credential-invalid'],
        [signed({}, { kid: 'other' }), 'credential-invalid'],
        [signed({}, { alg: 'RS384' }), 'credential-invalid'],
        [signed({}, { crit: ['exp'] }), 'credential-invalid'],
        [stranger.token({ allowedAPIs }), 'credential-invalid'],
        [`${header}.${payload}.`, 'credential-invalid'],
        [`${header}.${payload}.AAAA`, 'credential-invalid'],
        [`${signed()}.`, 'credential-invalid'],
      ] as const)
        assert.equal(await kind('/kinds/header', key(text)), `401 ${expected}`, text)
    })

    test('a signed key is no access token, and an access token no key', async () => {
      assert.equal(await kind('/kinds/key-or-token', `Authorization: Bearer ${signed()}`), '401 credential-invalid')
      assert.equal(await kind('/kinds/header', key(one.token())), '401 credential-invalid')
      // The same issuer signs both: only what calls itself a key is one.
      const both = one.token({ token_type: 'apiKey' })
      assert.equal(await kind('/kinds/header', key(both)), '200')
      assert.equal(await kind('/kinds/key-or-token', `Authorization: Bearer ${both}`), '401 credential-invalid')
      assert.equal(await kind('/kinds/key-or-token', one.bearer()), '200')
    })

    test('a signed key holds where it is confined to', async () => {
      const from = (permittedIP: string): string => key(signed({ permittedIP }))
      assert.equal(await kind('/kinds/header', from('127.0.0.0/8')), '200')
      assert.equal(await kind('/kinds/header', from('192.0.2.1, 127.0.0.1')), '200')
      assert.equal(await kind('/kinds/header', from('192.0.2.0/24')), '403 credential-not-allowed')
      const page = key(signed({ permittedReferer: 'www.partner.example/shop,*.pages.example/*' }))
      for (const referer of ['https://www.partner.example/shop', 'https://a.b.pages.example/', 'https://a.pages.example/x?y=z'])
        assert.equal(await kind('/kinds/header', page, `Referer: ${referer}`), '200', referer)
      for (const fields of [
        [],
        ['Referer: https://www.partner.example/other'],
        ['Referer: https://evil.test/?a.pages.example/'],
        ['Referer: https://a.pages.example@evil.test/'],
        ['Referer: https://pages.example/'],
        ['Origin: https://evil.test', 'Referer: https://a.pages.example/'],
      ])
        assert.equal(await kind('/kinds/header', page, ...fields), '403 credential-not-allowed', fields.join())
    })

    test('the application of a signed key is the consumer', async () => {
      await get('/kinds/header?application', key(signed({ application: { id: 7, uuid: 'app-7', name: 'Shop' } })))
      assert.ok(await gateway.log.find(({ consumer }) => consumer === 'application:key0:app-7'))
      // Of an issuer that signs tokens as well, it is the same as with a token.
      await get('/kinds/header?application', key(one.token({ token_type: 'apiKey', application: 'app-8' })))
      assert.ok(await gateway.log.find(({ consumer }) => consumer === 'application:0:app-8'))
    })

    test('pairs that are not quite right are refused', async () => {
      for (const value of [
        'Basic',
        'Basic ',
        'Basic YWxpY2U6c2VjcmV0=',
        'Basic YWxpY2U6c2VjcmV0 ',
        'Basic  YWxpY2U6c2VjcmV0',
        'basic YWxpY2U',
        'Basic /////w==',
      ]) {
        const answer = await kind('/kinds/basic', `Authorization: ${value}`)
        // White space at the end of a value is no part of it.
        assert.equal(answer, value === 'Basic YWxpY2U6c2VjcmV0 ' ? '200' : '401 credential-invalid', value)
      }
      assert.equal(await kind('/kinds/basic', `Authorization: Basic ${'A'.repeat(2000)}`), '401 credential-invalid')
      assert.equal(await kind('/kinds/basic', basic('alice\u0000:secret')), '401 credential-invalid')
      assert.equal(await kind('/kinds/basic', 'Authorization: bAsIc YWxpY2U6c2VjcmV0'), '200')
    })

    test('who guesses is slowed down; who is known is not', async () => {
      assert.equal(await kind('/kinds/basic', basic('alice:secret')), '200')
      // Each thread counts for itself.
      const guesses = await Promise.all(
        Array.from({ length: 12 * threads }, (_, guess) => get('/kinds/basic', basic(`alice:guess-${guess}`), page)),
      )
      const slowed = guesses.filter(({ status }) => status === 429)
      assert.ok(slowed.length > 0)
      for (const { message } of slowed) {
        assert.match(message.field('retry-after') ?? '', /^[1-9][0-9]?$/)
        assert.equal(message.field('access-control-allow-origin'), 'https://app.example.com')
      }
      assert.equal(await kind('/kinds/basic', basic('alice:secret')), '200')
    })

    test('what fails is counted by its reason, and no credential is logged', async () => {
      const text = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
      for (const reason of [
        'api-key-unknown',
        'api-key-expired',
        'api-key-origin',
        'basic-wrong',
        'basic-malformed',
        'basic-attempts',
        'api-key-signature',
        'api-key-kind',
        'api-key-claims',
      ])
        assert.match(text, new RegExp(`postern_auth_failures_total\\{reason="${reason}"\\} [1-9]`))
      const counted = (kind: string, outcome: string): RegExp =>
        new RegExp(`^postern_credentials_total\\{kind="${kind}",outcome="${outcome}"\\} [1-9]`, 'm')
      for (const kind of ['token', 'api-key', 'basic']) assert.match(text, counted(kind, 'accepted'))
      for (const [kind, reason] of [
        ['token', 'audience'],
        ['api-key', 'api-key-unknown'],
        ['basic', 'basic-wrong'],
      ] as const)
        assert.match(text, counted(kind, reason))
      await seen(`/kinds/query?api_key=${keys.plain}&last=1`)
      await gateway.log.find(({ path }) => path === '/kinds/query')
      const log = gateway.log.text
      for (const secret of [...Object.values(keys), 'secret', Buffer.from('alice:secret').toString('base64')])
        assert.ok(!log.includes(secret), secret)
    })

    test('the consumer is told in the access log', async () => {
      await get('/kinds/header?consumer', key(keys.writer))
      assert.ok(await gateway.log.find(({ consumer }) => consumer === 'consumer:writer'))
      assert.ok(await gateway.log.find(({ consumer }) => consumer === 'user:alice'))
    })
  })
}
