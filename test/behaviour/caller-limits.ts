/** Limits that go by who calls: tiers of subscriptions, applications and API keys; and limits that spare a backend, over all callers. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { Backend } from '../wire/backend.ts'
import { ask } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const apiKeys = `keys:
  - { id: partner-1, digest: "sha256:${createHash('sha256').update('k-1').digest('hex')}", consumer: partner, tier: Two }
  - { id: partner-2, digest: "sha256:${createHash('sha256').update('k-2').digest('hex')}", consumer: partner, tier: Two }
  - { id: paired, digest: "sha256:${createHash('sha256').update('k-6').digest('hex')}", tier: Two }
  - { id: banned, digest: "sha256:${createHash('sha256').update('k-4').digest('hex')}" }
  - { id: denied-too, digest: "sha256:${createHash('sha256').update('k-5').digest('hex')}" }
  - { id: app-key-1, digest: "sha256:${createHash('sha256').update('k-7').digest('hex')}", tier: Two }
  - { id: app-key-2, digest: "sha256:${createHash('sha256').update('k-8').digest('hex')}", tier: Two }
  - { id: other, digest: "sha256:${createHash('sha256').update('k-3').digest('hex')}" }
issuers: [{ issuer: "https://keys.example.com", keys: keys/signed.jwks.json }]
`

export function callerLimits(start: Start): void {
  describe('limits by who calls', () => {
    const one = new Issuer('https://one.example.com', 'one', 'RS256')
    const signer = new Issuer('https://keys.example.com', 'signed', 'ES256')
    let prepared: ProjectFolder
    let backend: Backend
    let sandbox: Backend
    let gateway: RunningGateway

    before(async () => {
      prepared = new ProjectFolder(
        { 'keys/one.jwks.json': one.keySet, 'keys/signed.jwks.json': signer.keySet, 'api-keys.yaml': apiKeys },
        'caller-limits-project',
      )
      backend = await Backend.start()
      sandbox = await Backend.start()
      gateway = await start(prepared, { BACKEND_URL: backend.url, SANDBOX_URL: sandbox.url })
    })
    after(async () => {
      await gateway.stop()
      await backend.stop()
      await sandbox.stop()
      prepared?.remove()
    })

    async function answer(target: string, ...fields: readonly string[]) {
      const { status, message } = await ask(gateway.port, requestText('GET', target, fields))
      const code = status === 200 ? 0 : (JSON.parse(message.body.toString()) as { code: number }).code
      return {
        status,
        code,
        limits: message.field('RateLimit') ?? '',
        policy: message.field('RateLimit-Policy'),
        wait: Number(message.field('Retry-After')),
      }
    }
    /** Status, or code of the refusal. */
    async function codes(count: number, target: string, ...fields: readonly string[]): Promise<readonly number[]> {
      const all: number[] = []
      for (let index = 0; index < count; index++) {
        const { status, code } = await answer(target, ...fields)
        all.push(code === 0 ? status : code)
      }
      return all
    }
    const client = (azp: string, more: Readonly<Record<string, unknown>> = {}): string => one.bearer({ azp, ...more })
    const left = (limits: string): string => limits.replaceAll(/;t=\d+/g, '')

    test('a subscription is counted by application and API', async () => {
      assert.deepEqual(await codes(1, '/books/token', client('small-1')), [200])
      assert.deepEqual(await codes(2, '/books/token', client('small-2')), [200, 900804])
      assert.deepEqual(await codes(3, '/orders/token', client('small-2')), [200, 200, 900804])
    })

    test('a subscription that names no tier has the one of the project', async () => {
      assert.deepEqual(await codes(4, '/books/token', client('default')), [200, 200, 200, 900804])
    })

    test('an application is counted over all its keys and APIs, behind its subscriptions', async () => {
      const first = await answer('/books/token', client('both-1'))
      assert.equal(first.policy, '"Four";q=4;w=86400, "Five";q=5;w=86400')
      assert.equal(left(first.limits), '"Four";r=3, "Five";r=4')
      assert.deepEqual(await codes(3, '/books/token', client('both-2')), [200, 200, 200])
      assert.deepEqual(await codes(2, '/books/token', client('both-1')), [900804, 900804])
      // What the subscription refused did not use up the application's quota, and the other way round.
      assert.deepEqual(await codes(3, '/orders/token', client('both-2')), [200, 900803, 900803])
      const refused = await answer('/orders/token', client('both-2'))
      assert.equal(left(refused.limits), '"Five";r=0')
      const midnight = 86_400 - ((Date.now() / 1000) % 86_400)
      assert.ok(Math.abs(refused.wait - midnight) < 60, `Retry-After: ${refused.wait}`)
    })

    test('Unlimited limits nothing', async () => {
      const { status, limits } = await answer('/books/token', client('free'))
      assert.deepEqual([status, limits], [200, ''])
    })

    test('tiers that tokens claim, where no subscription is asked for', async () => {
      const claims = (id: number, subscriptionTier?: string, tier?: string): string =>
        client('any', { application: { id, tier }, subscribedAPIs: [{ name: 'Tokens', version: '1.0.0', subscriptionTier }] })
      assert.deepEqual(await codes(3, '/tokens/token', claims(10, 'Two')), [200, 200, 900804])
      assert.deepEqual(await codes(3, '/tokens/token', claims(11, 'Unlimited', 'Two')), [200, 200, 900803])
      assert.deepEqual(await codes(4, '/tokens/token', claims(12)), [200, 200, 200, 900804])
    })

    test('a tier that nobody knows: the default holds, and where there is none the caller is refused', async () => {
      const unknown = client('any', {
        application: { id: 20 },
        subscribedAPIs: [{ name: 'Tokens', version: '1.0.0', subscriptionTier: 'Diamond' }],
      })
      assert.deepEqual(await codes(4, '/tokens/token', unknown), [200, 200, 200, 900804])
      assert.deepEqual(await codes(1, '/tokens/token', client('any', { application: { id: 21, tier: 'Diamond' } })), [900809])
      // What is no name at all is not the same as none.
      for (const tier of [true, {}, ['Two'], ''])
        assert.deepEqual(await codes(1, '/tokens/token', client('any', { application: { id: 22, tier } })), [900809])
      assert.deepEqual(await codes(1, '/tokens/token', client('any', { application: { id: 23, tier: null } })), [200])
    })

    test('the tier of an API key counts its consumer', async () => {
      assert.deepEqual(await codes(1, '/tokens/key', 'X-API-Key: k-1'), [200])
      assert.deepEqual(await codes(2, '/tokens/key', 'X-API-Key: k-2'), [200, 900803])
      assert.deepEqual(await codes(4, '/tokens/key', 'X-API-Key: k-3'), [200, 200, 200, 900804])
    })

    test('which for keys of an application that the project knows is the application', async () => {
      assert.deepEqual(await codes(1, '/tokens/key', 'X-API-Key: k-7'), [200])
      assert.deepEqual(await codes(2, '/tokens/key', 'X-API-Key: k-8'), [200, 900803])
      assert.deepEqual(await codes(1, '/tokens/key', 'X-API-Key: k-7'), [900803])
    })

    test('and counts it whatever tokens come with the key', async () => {
      const both = (azp: string): Promise<readonly number[]> => codes(1, '/tokens/both', client(azp), 'X-API-Key: k-6')
      assert.deepEqual([await both('b-1'), await both('b-2'), await both('b-3')], [[200], [200], [900803]])
    })

    test('callers without a credential, by address', async () => {
      assert.deepEqual(await codes(3, '/tokens/open', 'X-Forwarded-For: 203.0.113.7'), [200, 200, 900804])
    })

    test('a hard limit is over all callers and operations, and gives their quota back', async () => {
      assert.deepEqual(await codes(1, '/spared/a', client('h-1')), [200])
      assert.deepEqual(await codes(1, '/spared/b', client('h-2')), [200])
      const refused = await answer('/spared/b', client('h-3'))
      assert.deepEqual([refused.status, refused.code, left(refused.limits)], [503, 900801, '"hardLimit";r=0'])
      assert.ok(refused.wait > 86_000 && refused.wait < 87_300, `Retry-After: ${refused.wait}`)
      // The other backend has a limit of its own; there, the quota of the caller is whole.
      const other = await answer('/spared/a', client('h-3', { keytype: 'SANDBOX' }))
      assert.equal(left(other.limits), '"Hundred-3600s";r=99, "Three-3600s";r=2, "hardLimit-86400s";r=49, "hardLimit-3600s";r=0')
      assert.deepEqual(await codes(1, '/spared/a', client('h-1', { keytype: 'SANDBOX' })), [900801])
    })

    test('what is denied, whatever credential comes with it', async () => {
      const denied = (...fields: readonly string[]): Promise<readonly number[]> => codes(1, '/tokens/token', ...fields)
      assert.deepEqual(await denied(client('d-1', { application: { id: 99 } })), [900805])
      assert.deepEqual(await denied(client('d-1', { application: { id: 98 } })), [200])
      assert.deepEqual(await denied(client('d-2', { sub: 'mallory' })), [900805])
      assert.deepEqual(await denied(client('d-3', { banned: true })), [900805])
      assert.deepEqual(await denied(client('d-4', { banned: [false, true] })), [900805])
      assert.deepEqual(await denied(client('d-5', { banned: false })), [200])
      assert.deepEqual(await codes(1, '/tokens/token?x=1&d%65bug=', client('d-6')), [900805])
      assert.deepEqual(await codes(1, '/spared/a?debug=1', client('d-6', { keytype: 'SANDBOX' })), [900801])
    })

    test('of credentials that are asked for together, none hides that another is denied', async () => {
      const both = (key: string, bearer = client('d-20'), ...fields: readonly string[]): Promise<readonly number[]> =>
        codes(1, '/tokens/both', bearer, `X-API-Key: ${key}`, ...fields)
      const signed = (claims: object): string =>
        signer.token({ aud: undefined, token_type: 'apiKey', subscribedAPIs: [{ name: 'Tokens', version: '*' }], ...claims })
      assert.deepEqual(await both('k-3'), [200])
      assert.deepEqual(await both('k-4'), [900805], 'by the consumer of the key')
      assert.deepEqual(await both('k-5'), [900805], 'by its application')
      assert.deepEqual(await both(signed({ banned: true })), [900805])
      assert.deepEqual(await both(signed({ application: { id: 99 } })), [900805])
      assert.deepEqual(
        await both(signed({ org: 'good' }), client('d-21'), 'X-Forbidden: 0'),
        [900805],
        'the token is not excused by the key',
      )
      assert.deepEqual(await both(signed({}), client('d-22', { org: 'good' }), 'X-Forbidden: 0'), [200])
    })

    test('what stands outside of the alternative that is met denies nobody', async () => {
      for (const key of ['k-4', 'k-5']) {
        assert.deepEqual(await codes(1, '/tokens/either', client(`d-${key}`), `X-API-Key: ${key}`), [200])
        assert.deepEqual(await codes(1, '/tokens/either', `X-API-Key: ${key}`), [900805])
      }
    })

    test('an application is denied everywhere, also where no subscription is asked for', async () => {
      assert.deepEqual(await codes(1, '/books/token', client('denied')), [900805])
      assert.deepEqual(await codes(1, '/tokens/token', client('denied')), [900805])
      assert.deepEqual(await codes(1, '/tokens/token', client('denied', { application: { id: 98 } })), [900805])
    })

    test('all of an entry must hold, and nothing of what it negates', async () => {
      const fields = (...own: readonly string[]): Promise<readonly number[]> => codes(1, '/tokens/token', client('d-7'), ...own)
      assert.deepEqual(await fields('X-Client: old'), [200])
      assert.deepEqual(await fields('X-Forbidden: 0'), [900805])
      assert.deepEqual(await codes(1, '/tokens/token', client('d-8', { org: 'fine' }), 'X-Forbidden: 0'), [200])
      // Nobody who is not trusted says where a request comes from.
      assert.deepEqual(await codes(1, '/spared/a', client('d-9', { keytype: 'SANDBOX' }), 'X-Forwarded-For: 203.0.113.9'), [900801])
    })

    test('a denied request uses up no quota, and its answer says only that it is denied', async () => {
      const bearer = client('d-10', { org: 'other' })
      assert.deepEqual(await codes(5, '/tokens/token', bearer, 'X-Forbidden: 1'), [900805, 900805, 900805, 900805, 900805])
      const refused = await answer('/tokens/token', bearer, 'X-Forbidden: 1')
      assert.deepEqual([refused.status, refused.limits], [403, ''])
      assert.deepEqual(await codes(4, '/tokens/token', bearer), [200, 200, 200, 900804])
    })

    const free = { subscribedAPIs: [{ name: 'Grouped', version: '*', subscriptionTier: 'Unlimited' }] }

    test('a tier with groups: the first that fits counts, each for itself', async () => {
      const of = (id: number, plan?: string): string => client('x', { ...free, application: { id }, plan })
      assert.deepEqual(await codes(3, '/grouped/a', of(70)), [200, 200, 900800])
      assert.deepEqual(await codes(4, '/grouped/a', of(70, 'big')), [200, 200, 200, 900800])
      assert.deepEqual(await codes(5, '/grouped/a', of(70, 'free')), [200, 200, 200, 200, 200])
      assert.deepEqual(await codes(3, '/grouped/a', of(71, 'other')), [200, 200, 900800])
      assert.equal((await answer('/grouped/a', of(72, 'big'))).policy, '"Plans";q=3;w=3600')
      assert.equal((await answer('/grouped/a', of(72))).policy, '"Plans-3600s";q=2;w=3600, "Plans-86400s";q=1000;w=86400')
      assert.equal((await answer('/grouped/a', of(72, 'free'))).policy, undefined)
    })

    test('groups of an operation stand beside those of its API, with the same whom', async () => {
      const of = (id: number): string => client('x', { ...free, application: { id }, plan: 'free' })
      assert.deepEqual(await codes(1, '/grouped/b', of(80), 'X-Beta: 1'), [200])
      assert.deepEqual(await codes(1, '/grouped/b', of(81), 'X-Beta: 1'), [900802])
      assert.deepEqual(await codes(2, '/grouped/b', of(81)), [200, 200])
      assert.deepEqual(await codes(1, '/grouped/b?plain', of(81), 'X-Beta: 1'), [200])
    })

    test('a tier of a caller may have groups as well', async () => {
      const of = (id: number, tiers: { readonly application?: string; readonly subscription: string }, plan?: string): string =>
        client('x', {
          plan,
          application: { id, tier: tiers.application },
          subscribedAPIs: [{ name: 'Tokens', version: '1.0.0', subscriptionTier: tiers.subscription }],
        })
      const application = { application: 'Plans', subscription: 'Unlimited' }
      assert.deepEqual(await codes(3, '/tokens/token', of(90, application)), [200, 200, 900803])
      assert.deepEqual(await codes(4, '/tokens/token', of(90, application, 'big')), [200, 200, 200, 900803])
      assert.deepEqual(await codes(4, '/tokens/token', of(90, application, 'free')), [200, 200, 200, 200])
      const subscription = { subscription: 'Plans' }
      assert.deepEqual(await codes(3, '/tokens/token', of(91, subscription)), [200, 200, 900804])
      assert.deepEqual(await codes(4, '/tokens/token', of(91, subscription, 'big')), [200, 200, 200, 900804])
      const both = { application: 'Beta', subscription: 'Plans' }
      const { policy } = await answer('/tokens/token', of(92, both, 'big'), 'X-Beta: 1')
      assert.equal(policy, '"Plans";q=3;w=3600, "Beta";q=1;w=3600')
      assert.equal((await answer('/tokens/token?plain', of(92, both, 'free'), 'X-Beta: 1')).policy, undefined)
    })

    test('a custom limit counts by its key, where its conditions hold', async () => {
      const unlimited = { subscribedAPIs: [{ name: 'Custom', version: '*', subscriptionTier: 'Unlimited' }], application: { id: 50 } }
      const [one50, one51] = [client('x', unlimited), client('x', { ...unlimited, application: { id: 51 } })]
      assert.deepEqual(await codes(3, '/custom/a', one50, 'X-Region: north'), [200, 200, 900806])
      assert.deepEqual(await codes(1, '/custom/b', one50, 'X-Region: north'), [900806])
      assert.deepEqual(await codes(1, '/custom/a', one50, 'X-Region: south'), [200])
      assert.deepEqual(await codes(1, '/custom/a', one51, 'X-Region: north'), [200])
      assert.deepEqual(await codes(4, '/custom/a', one50), [200, 200, 200, 200])
      const { policy, limits } = await answer('/custom/a', one51, 'X-Region: west')
      assert.deepEqual([policy, left(limits)], ['"Region";q=2;w=3600', '"Region";r=1'])
    })

    test('one without a key counts all requests; one of a claim those that say the same', async () => {
      const of = (org: string, id: number): string =>
        client('x', { org, application: { id }, subscribedAPIs: [{ name: 'Custom', version: '*', subscriptionTier: 'Unlimited' }] })
      assert.deepEqual(await codes(2, '/custom/a', of('acme', 60)), [200, 200])
      assert.deepEqual(await codes(1, '/custom/a', of('acme', 61)), [900806])
      assert.deepEqual(await codes(1, '/custom/b', of('acme', 61)), [200])
      assert.deepEqual(await codes(3, '/custom/a', of('free', 62)), [200, 200, 200])
      const post = (bearer: string) => ask(gateway.port, requestText('POST', '/custom/a', [bearer, 'Content-Length: 0']))
      assert.equal((await post(of('free', 63))).status, 200)
      const refused = await post(of('free', 64))
      assert.deepEqual([refused.status, JSON.parse(refused.message.body.toString()).code], [429, 900806])
    })

    test('refusals are counted by level', async () => {
      const { message } = await ask(gateway.adminPort, requestText('GET', '/metrics'))
      const metrics = message.body.toString()
      for (const level of ['blocked', 'subscription', 'application', 'custom', 'backend'])
        assert.match(metrics, new RegExp(`^postern_throttled_total\\{operation="[^"]+",level="${level}"\\} [1-9]`, 'm'))
    })
  })
}
