/** Who may call an API: applications that are subscribed to it, as the project's file or a token says. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { Backend } from '../wire/backend.ts'
import { ask } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

const apiKeys = `keys:
  - { id: partner-1, digest: "sha256:${sha256('k-partner')}", consumer: partner }
  - { id: stranger, digest: "sha256:${sha256('k-stranger')}" }
`
const users = `users:
  - { name: alice, password: "@sha256:{${sha256('secret')}}" }
  - { name: bob, password: "@sha256:{${sha256('secret')}}" }
`

function basic(pair: string): string {
  return `Authorization: Basic ${Buffer.from(pair).toString('base64')}`
}

const application = { id: 42, name: 'Claimed' }

export function subscriptions(start: Start): void {
  describe('subscriptions', () => {
    const one = new Issuer('https://one.example.com', 'one', 'RS256')
    const two = new Issuer('https://two.example.com', 'two', 'ES256')
    let prepared: ProjectFolder
    let backend: Backend
    let sandbox: Backend
    let gateway: RunningGateway

    before(async () => {
      prepared = new ProjectFolder(
        { 'keys/one.jwks.json': one.keySet, 'keys/two.jwks.json': two.keySet, 'api-keys.yaml': apiKeys, 'users.yaml': users },
        'subscriptions-project',
      )
      backend = await Backend.start()
      sandbox = await Backend.start()
      gateway = await start(prepared, { BACKEND_URL: backend.url, SANDBOX_URL: `${sandbox.url}/sandbox` })
    })
    after(async () => {
      await gateway.stop()
      await backend.stop()
      await sandbox.stop()
      prepared?.remove()
    })

    /** The target that the backend saw, or status, code and kind of the refusal. */
    async function get(target: string, ...fields: readonly string[]): Promise<string> {
      const { status, message } = await ask(gateway.port, requestText('GET', target, fields))
      const body = JSON.parse(message.body.toString())
      return status === 200 ? body.target : `${status} ${body.code} ${body.type.slice('urn:postern:refusal:'.length)}`
    }

    const client = (azp: string, more: Readonly<Record<string, unknown>> = {}): string => one.bearer({ azp, ...more })
    const missing = '403 900908 subscription-missing'

    test('a token of a client whose application is subscribed, again and again', async () => {
      const bearer = client('mobile')
      for (let time = 0; time < 3; time++) assert.equal(await get('/books/token', bearer), '/token')
    })

    test('a client that the file does not know, and tokens without any', async () => {
      assert.equal(await get('/books/token', client('stranger')), missing)
      assert.equal(await get('/books/token', one.bearer()), missing)
    })

    test('another version is another API', async () => {
      assert.equal(await get('/books/v2/token', client('mobile')), missing)
      assert.equal(await get('/books/v2/token', client('blocked')), '403 900907 subscription-blocked')
    })

    test('states that do not hold', async () => {
      assert.equal(await get('/books/token', client('held')), '403 900909 subscription-inactive')
      assert.equal(await get('/books/token', client('blocked')), '403 900907 subscription-blocked')
      assert.equal(await get('/books/token', client('rejected')), missing)
    })

    test('one that is blocked for production keys only', async () => {
      assert.equal(await get('/books/token', client('half')), '403 900907 subscription-blocked')
      assert.equal(await get('/books/token', client('half', { keytype: 'SANDBOX' })), '/sandbox/token')
      assert.equal(await get('/books/token', client('half-sandbox')), '/sandbox/token')
    })

    test('the type of the key says which backend', async () => {
      assert.equal(await get('/books/token', client('mobile', { keytype: 'SANDBOX' })), '/sandbox/token')
      assert.equal(await get('/books/token', client('mobile-sandbox')), '/sandbox/token')
    })

    test('the subscription is looked at before scopes', async () => {
      assert.equal(await get('/books/scoped', client('stranger')), missing)
      assert.equal(await get('/books/scoped', client('mobile')), '403 900910 scope-missing')
      assert.equal(await get('/books/scoped', client('mobile', { scope: 'write' })), '/scoped')
    })

    test('what a token claims, where the file does not know its client', async () => {
      const claims = (version: string, name = 'Books'): string =>
        client('stranger', { application, subscribedAPIs: [null, 'Books', { name: 'Other', version: '1.0.0' }, { name, version }] })
      assert.equal(await get('/books/token', claims('1.0.0')), '/token')
      assert.equal(await get('/books/token', claims('*')), '/token')
      assert.equal(await get('/books/v2/token', claims('*')), '/token')
      assert.equal(await get('/books/token', claims('2.0.0')), missing)
      assert.equal(await get('/books/token', claims('1.0.0', 'books')), missing)
      assert.equal(await get('/books/token', client('stranger', { application, subscribedAPIs: 'Books' })), missing)
      assert.equal(await get('/books/token', client('stranger', { subscribedAPIs: [{ name: 'Books', version: '*' }] })), missing)
    })

    test('the file comes before what a token claims', async () => {
      const subscribedAPIs = [{ name: 'Books', version: '*' }]
      assert.equal(await get('/books/token', client('blocked', { application, subscribedAPIs })), '403 900907 subscription-blocked')
      assert.equal(await get('/books/v2/token', client('mobile', { application, subscribedAPIs })), missing)
    })

    test('a client of the same name at another issuer is another one, whose tokens need none here', async () => {
      assert.equal(await get('/books/token', two.bearer({ azp: 'blocked' })), '/token')
    })

    test('an API that asks for none', async () => {
      assert.equal(await get('/free/token', client('stranger')), '/token')
    })

    test('API keys and users', async () => {
      assert.equal(await get('/books/any', 'X-API-Key: k-partner'), '/any')
      assert.equal(await get('/books/any', 'X-API-Key: k-stranger'), missing)
      assert.equal(await get('/books/any', basic('alice:secret')), '/any')
      assert.equal(await get('/books/any', basic('bob:secret')), missing)
    })

    test('each credential of the alternative that is met needs its own', async () => {
      assert.equal(await get('/books/any', client('mobile'), 'X-API-Key: k-stranger'), '/any')
      assert.equal(await get('/books/together', client('mobile'), 'X-API-Key: k-stranger'), missing)
      assert.equal(await get('/books/together', client('mobile'), 'X-API-Key: k-partner'), '/together')
      assert.equal(await get('/books/any', client('stranger'), 'X-API-Key: k-partner'), missing)
      assert.equal(await get('/books/any', client('mobile'), 'X-API-Key: k-partner'), '/any')
      // A token that needs none, and that is not enough here, does not vouch for the key.
      assert.equal(await get('/books/mixed', two.bearer(), 'X-API-Key: k-stranger'), missing)
      // Nor does one stand in the way of it, or say which application calls.
      assert.equal(await get('/books/mixed', client('stranger'), 'X-API-Key: k-partner'), '/mixed')
      assert.equal(await get('/books/mixed', client('mobile-sandbox'), 'X-API-Key: k-partner'), '/mixed')
    })

    test('callers without a credential need none where they are let in', async () => {
      assert.equal(await get('/books/optional'), '/optional')
      assert.equal(await get('/books/open'), '/open')
      assert.equal(await get('/books/optional', client('stranger')), missing)
      assert.equal(await get('/books/token'), '401 900902 credential-missing')
    })

    test('domains of the pages that may use a key', async () => {
      const page = client('page')
      const refused = '403 900908 credential-not-allowed'
      for (const field of [
        'Origin: https://shop.example',
        'Origin: http://shop.example:8080',
        'Origin: https://a.partner.example',
        'Origin: https://a.b.partner.example',
        'Referer: https://shop.example/basket?item=1',
      ])
        assert.equal(await get('/books/token', page, field), '/token', field)
      for (const fields of [
        [],
        ['Origin: null'],
        ['Origin: https://partner.example'],
        ['Origin: https://evilpartner.example'],
        ['Origin: https://shop.example.evil.example'],
        ['Origin: https://evil.example', 'Referer: https://shop.example/'],
        ['Origin: https://shop.example', 'Origin: https://shop.example'],
        ['Origin: https://shop.example@evil.example'],
        ['Origin: https://shop.example.'],
        ['Origin: file://shop.example'],
        ['Origin: '],
        ['Referer: shop.example'],
      ])
        assert.equal(await get('/books/token', page, ...fields), refused, fields.join())
    })

    test('reasons are counted, and no credential is in the log', async () => {
      const bearer = client('blocked')
      await get('/books/token', bearer)
      const { message } = await ask(gateway.adminPort, requestText('GET', '/metrics'))
      const metrics = message.body.toString()
      for (const reason of ['missing', 'blocked', 'on-hold', 'domain']) {
        assert.match(metrics, new RegExp(`^postern_auth_failures_total\\{reason="subscription-${reason}"\\} [1-9]`, 'm'))
      }
      for (const outcome of ['accepted', 'subscription-blocked'])
        assert.match(metrics, new RegExp(`^postern_credentials_total\\{kind="subscription",outcome="${outcome}"\\} [1-9]`, 'm'))
      assert.ok(!JSON.stringify(gateway.log.lines).includes(bearer.slice('Authorization: Bearer '.length)))
    })
  })
}
