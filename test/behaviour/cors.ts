import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { seen } from '../wire/backend.ts'
import type { Answer } from '../wire/client.ts'
import { Http2LibraryClient } from '../wire/http2-library-client.ts'
import type { Message } from '../wire/message.ts'
import type { There } from './world.ts'

const app = 'Origin: https://app.example.com'
const stranger = 'Origin: https://evil.example'
const onPreflight = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'

/** The fields of an answer that say what a page may do. */
function said({ message }: { readonly message: Message }): Readonly<Record<string, string>> {
  const own = message.fields.filter(([name]) => /^(?:access-control-|vary$)/i.test(name)).map(([name]) => name)
  return Object.fromEntries(own.map((name) => [name.toLowerCase(), message.field(name) ?? '']))
}

/** CORS, as browsers use it (WHATWG Fetch §3.3). */
export function cors(there: There): void {
  const ask = (method: string, path: string, fields: readonly string[], body = ''): Promise<Answer> =>
    there().ask(method, `/pages${path}`, fields, body)
  const preflight = (path: string, method: string, ...fields: readonly string[]): Promise<Answer> =>
    ask('OPTIONS', path, [`Access-Control-Request-Method: ${method}`, ...fields])

  describe('a page of an origin that is listed', () => {
    it('may read the answer', async () => {
      const answer = await ask('GET', '/public', [app])
      assert.equal(answer.status, 200)
      assert.deepEqual(said(answer), {
        vary: 'Origin',
        'access-control-allow-origin': 'https://app.example.com',
        'access-control-expose-headers': 'X-Request-Id, Retry-After, ETag',
      })
      assert.equal(said(await ask('GET', '/public', ['Origin: null']))['access-control-allow-origin'], 'null')
    })

    it('may send credentials where the definition says so', async () => {
      const answer = said(await ask('GET', '/mine', [app]))
      assert.equal(answer['access-control-allow-credentials'], 'true')
      assert.equal(said(await preflight('/mine', 'GET', app))['access-control-allow-credentials'], 'true')
    })

    it('is known to the backend', async () => {
      const { fields } = seen(await ask('GET', '/public', [app]))
      assert.deepEqual(
        fields.filter(([name]) => name.toLowerCase() === 'origin'),
        [['Origin', 'https://app.example.com']],
      )
    })
  })

  describe('any other request', () => {
    it('is served without a word about origins, except that the answer depends on it', async () => {
      const others = [
        stranger,
        'Origin: https://APP.example.com',
        'Origin: https://app.example.com:443',
        'Origin: https://app.example.com.evil',
      ]
      for (const origin of [[], ...others.map((each) => [each])]) {
        const answer = await ask('GET', '/public', origin)
        assert.deepEqual([answer.status, said(answer)], [200, { vary: 'Origin' }])
      }
    })

    it('may be any page where the definition says so, and then nothing depends on it', async () => {
      for (const origin of [[], [app], [stranger]]) {
        const answer = said(await ask('GET', '/shared', origin))
        assert.deepEqual(answer, { 'access-control-allow-origin': '*', 'access-control-expose-headers': '*' })
      }
    })

    it('gets nothing where its method is not listed', async () => {
      assert.deepEqual(said(await ask('DELETE', '/public', [app])), {})
    })
  })

  describe('what a backend says', () => {
    const own = ['Access-Control-Allow-Origin: *', 'access_control_allow_origin: *', 'Access-Control-Max-Age: 5', 'Timing-Allow-Origin: *']

    it('about CORS is dropped where the gateway answers', async () => {
      there().open.once((request) => request.respond('', own))
      const answer = await ask('GET', '/public', [stranger])
      assert.deepEqual(said(answer), { vary: 'Origin' })
      assert.equal(answer.message.field('access_control_allow_origin'), undefined)
      assert.equal(answer.message.field('Timing-Allow-Origin'), '*')
    })

    it('about CORS is passed on where the gateway leaves it to the backend', async () => {
      there().open.once((request) => request.respond('', own))
      const answer = said(await ask('PATCH', '/public', [app]))
      assert.deepEqual(answer, { 'access-control-allow-origin': '*', 'access-control-max-age': '5' })
    })

    it('about `Vary` is joined with the origin', async () => {
      const cases = [
        [['Vary: Accept-Encoding'], 'Accept-Encoding, Origin'],
        [['Vary: Accept', 'vary: Accept-Encoding'], 'Accept, Accept-Encoding, Origin'],
        [['Vary: accept, ORIGIN'], 'accept, ORIGIN'],
        [['Vary: *'], '*'],
        [['Vary:'], 'Origin'],
      ] as const
      for (const [fields, expected] of cases) {
        for (const length of [0, 100_000]) {
          there().open.once((request) => request.respond('x'.repeat(length), fields))
          const answer = said(await ask('GET', '/public', [app]))
          assert.deepEqual([answer.vary, answer['access-control-allow-origin']], [expected, 'https://app.example.com'])
        }
      }
    })
  })

  describe('a preflight', () => {
    it('is answered before anybody asks for a token', async () => {
      const answer = await preflight('/private', 'GET', app, 'Access-Control-Request-Headers: authorization,content-type')
      assert.deepEqual([answer.status, answer.message.text, answer.message.field('Content-Length')], [204, '', undefined])
      assert.deepEqual(said(answer), {
        vary: onPreflight,
        'access-control-allow-origin': 'https://app.example.com',
        'access-control-allow-methods': 'GET',
        'access-control-allow-headers': 'authorization, content-type',
        'access-control-max-age': '600',
      })
      assert.match(answer.message.field('X-Request-Id') ?? '', /^[\w-]{8,}$/)
    })

    it('uses up no quota', async () => {
      for (let count = 0; count < 4; count++) {
        const answer = await preflight('/limited', 'GET', app)
        assert.deepEqual([answer.status, answer.message.field('RateLimit')], [204, undefined])
      }
    })

    it('allows nothing to another origin, and for another header or method', async () => {
      const refused = [
        preflight('/private', 'GET', stranger),
        preflight('/private', 'GET', app, 'Access-Control-Request-Headers: authorization, x-other'),
        preflight('/private', 'GET', app, 'Access-Control-Request-Headers: authorization', 'Access-Control-Request-Headers: x-other'),
      ]
      for (const answer of await Promise.all(refused)) assert.deepEqual([answer.status, said(answer)], [204, { vary: onPreflight }])
      const unlisted = await preflight('/public', 'DELETE', app)
      const vary = 'Access-Control-Request-Method, Access-Control-Request-Headers'
      assert.deepEqual([unlisted.status, said(unlisted)], [204, { vary }])
    })

    it('for any header leaves out Authorization', async () => {
      const answer = said(await preflight('/shared', 'GET', stranger, 'Access-Control-Request-Headers: x-one, x-two'))
      assert.deepEqual([answer['access-control-allow-origin'], answer['access-control-allow-headers']], ['*', '*'])
      const token = said(await preflight('/shared', 'GET', stranger, 'Access-Control-Request-Headers: authorization'))
      assert.equal(token['access-control-allow-origin'], undefined)
    })

    it('never opens a private network', async () => {
      const answer = said(await preflight('/shared', 'GET', app, 'Access-Control-Request-Private-Network: true'))
      assert.equal(answer['access-control-allow-private-network'], undefined)
    })

    it('of an operation whose CORS is the backend’s goes to the operation for OPTIONS, or to none', async () => {
      const { method, fields } = seen(await preflight('/public', 'PATCH', app))
      assert.equal(method, 'OPTIONS')
      assert.ok(fields.some(([name, value]) => name === 'Access-Control-Request-Method' && value === 'PATCH'))
      for (const path of ['/private', '/shared']) {
        const { status, message } = await preflight(path, 'PATCH', app)
        assert.equal(status, 405)
        assert.match(message.field('Allow') ?? '', /GET/)
      }
      assert.equal((await preflight('/nowhere', 'GET', app)).status, 404)
    })

    it('is not every OPTIONS request', async () => {
      assert.equal(seen(await ask('OPTIONS', '/public', [app])).method, 'OPTIONS')
      assert.equal(seen(await ask('OPTIONS', '/public', ['Access-Control-Request-Method: GET'])).method, 'OPTIONS')
      assert.equal((await ask('OPTIONS', '/private', [app])).status, 405)
    })

    it('leaves the connection to the next request, also where it has a body', async () => {
      const client = await there().connect()
      for (let count = 0; count < 2; count++) {
        const fields = `Host: a\r\n${app}\r\nAccess-Control-Request-Method: GET\r\nContent-Length: 5`
        const { status, message } = await client.request(`OPTIONS /pages/private HTTP/1.1\r\n${fields}\r\n\r\nabcde`)
        assert.deepEqual([status, message.field('Connection')], [204, undefined])
      }
      await client.destroy()
    })

    it('is logged with the operation that it asks about', async () => {
      const { message } = await preflight('/private', 'GET', app)
      const line = await there().gateway.log.find(({ requestId }) => requestId === message.field('X-Request-Id'))
      assert.deepEqual([line.method, line.operation, line.status, line.refusal], ['OPTIONS', 'pagesPrivate', 204, undefined])
    })
  })

  describe('over HTTP/2', () => {
    let client: Http2LibraryClient
    before(async () => {
      client = await Http2LibraryClient.connect(there().gateway.port)
    })
    after(() => client.close())

    const origin = 'https://app.example.com'

    it('preflights are answered', async () => {
      const answer = await client.ask('OPTIONS', '/pages/private', { origin, 'access-control-request-method': 'GET' })
      assert.equal(answer.status, 204)
      assert.deepEqual(
        ['vary', 'access-control-allow-origin', 'access-control-allow-methods', 'access-control-max-age'].map(
          (name) => answer.fields[name],
        ),
        [onPreflight, origin, 'GET', '600'],
      )
    })

    it('answers and refusals say who may read them', async () => {
      there().open.once((request) => request.respond('', ['Vary: Accept', 'Access-Control-Allow-Origin: *']))
      const answer = await client.ask('GET', '/pages/public', { origin })
      const refused = await client.ask('GET', '/pages/private', { origin })
      assert.deepEqual([answer.status, answer.fields.vary, answer.fields['access-control-allow-origin']], [200, 'Accept, Origin', origin])
      assert.deepEqual([refused.status, refused.fields.vary, refused.fields['access-control-allow-origin']], [401, 'Origin', origin])
    })
  })
}

/** Without these fields a page learns nothing of a refusal. */
export function corsOfRefusals(there: There): void {
  describe('a refusal to a page of an origin that is listed', () => {
    async function readable(status: number, answer: Promise<Answer>, ...exposed: readonly string[]): Promise<void> {
      const given = await answer
      const { vary, 'access-control-allow-origin': origin, 'access-control-expose-headers': expose = '' } = said(given)
      assert.deepEqual([given.status, vary, origin], [status, 'Origin', 'https://app.example.com'])
      for (const name of exposed) {
        assert.ok(expose.split(', ').includes(name), `${name} is not exposed`)
        assert.notEqual(given.message.field(name), undefined, name)
      }
    }

    it('can be read: no token, no scope, a bad token', async () => {
      const { project } = there()
      await readable(401, there().ask('GET', '/pages/private', [app]), 'X-Request-Id', 'WWW-Authenticate')
      await readable(401, there().ask('GET', '/pages/private', [app, 'Authorization: Bearer x']), 'WWW-Authenticate')
      await readable(403, there().ask('PUT', '/pages/private', [app, project.one.bearer()]), 'WWW-Authenticate')
    })

    it('can be read: a body that is too large, at once and in the end', async () => {
      await readable(413, there().ask('POST', '/pages/public', [app, 'Content-Length: 2000']))
      const chunk = `400\r\n${'a'.repeat(1024)}\r\n`
      const client = await there().connect()
      const head = `POST /pages/public HTTP/1.1\r\nHost: a\r\n${app}\r\nTransfer-Encoding: chunked\r\n\r\n`
      await readable(413, client.request(`${head}${chunk}${chunk}0\r\n\r\n`))
      await client.destroy()
    })

    it('can be read: a quota, with when to come again', async () => {
      for (let count = 0; count < 2; count++) {
        const answer = await there().ask('GET', '/pages/limited', [app])
        assert.equal(said(answer)['access-control-expose-headers'], 'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, ETag')
      }
      await readable(429, there().ask('GET', '/pages/limited', [app]), 'Retry-After', 'RateLimit', 'RateLimit-Policy')
    })

    it('can be read: a backend that fails', async () => {
      there().open.once((request) => request.write('nonsense\r\n\r\n'))
      await readable(502, there().ask('POST', '/pages/public', [app], 'x'))
    })

    it('cannot be read by another', async () => {
      const answer = await there().ask('GET', '/pages/private', [stranger])
      assert.deepEqual([answer.status, said(answer)], [401, { vary: 'Origin' }])
    })

    it('says nothing of the answer before it on the same connection', async () => {
      const client = await there().connect()
      await client.request(`GET /pages/public HTTP/1.1\r\nHost: a\r\n${app}\r\n\r\n`)
      for (const path of ['/nowhere', '/open/v1/echo']) {
        const answer = await client.request(`GET ${path} HTTP/1.1\r\nHost: a\r\n${app}\r\n\r\n`)
        assert.deepEqual(said(answer), {})
      }
      await client.destroy()
    })
  })
}
