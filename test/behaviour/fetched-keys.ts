/** Keys that are fetched while the gateway runs: before they are there, and from then on. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Authority } from '../wire/authority.ts'
import { Backend } from '../wire/backend.ts'
import { type Answer, ask } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import { until } from '../wire/until.ts'
import { Issuer } from './issuer.ts'
import { KeyServer } from './key-server.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const project = `name: fetching
version: 1.0.0
apis:
  - { definition: api.yaml, basePath: /v1, backend: "\${BACKEND_URL}" }
issuers:
  - issuer: https://one.example.com
    audiences: [shop]
    keys: { url: "\${KEYS_URL}", refresh: 10m, authorities: [keys/authority.pem] }
  - { issuer: https://two.example.com, audiences: [shop], keys: keys/two.json }
`

const definition = `openapi: 3.1.0
info: { title: Fetching, version: 1.0.0 }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
security: [{ token: [] }]
paths:
  /things: { get: { responses: { default: { description: An answer } } } }
`

export function fetchedKeys(start: Start): void {
  describe('keys that are fetched', () => {
    const authority = new Authority('Key servers')
    const [one, two] = [new Issuer('https://one.example.com', 'one', 'RS256'), new Issuer('https://two.example.com', 'two', 'ES256')]
    const next = new Issuer('https://one.example.com', 'next', 'ES256')
    let prepared: ProjectFolder
    let backend: Backend
    let keys: KeyServer
    let gateway: RunningGateway

    before(async () => {
      prepared = new ProjectFolder({
        'postern.yaml': project,
        'api.yaml': definition,
        'keys/authority.pem': authority.pem,
        'keys/two.json': two.keySet,
      })
      backend = await Backend.start()
      keys = await KeyServer.start(authority.issue('keys', { names: ['localhost'] }))
      gateway = await start(prepared, { BACKEND_URL: backend.url, KEYS_URL: keys.url })
    })
    after(async () => {
      await gateway.stop()
      await keys.stop()
      await backend.stop()
      prepared?.remove()
    })

    function get(bearer: string): Promise<Answer> {
      return ask(gateway.port, requestText('GET', '/v1/things', [bearer]))
    }

    async function admin(page: string): Promise<{ readonly status: number; readonly text: string }> {
      const response = await fetch(`http://127.0.0.1:${gateway.adminPort}${page}`)
      return { status: response.status, text: await response.text() }
    }

    it('until there are some, the gateway is not ready, and says 503 to tokens that it cannot check', async () => {
      const ready = await admin('/ready')
      assert.equal(ready.status, 503)
      assert.deepEqual(JSON.parse(ready.text).missing, [{ condition: 'keys of https://one.example.com', why: 'not fetched yet' }])
      const refused = await get(one.bearer())
      assert.equal(refused.status, 503)
      assert.deepEqual(refused.message.values('Retry-After'), ['5'])
      assert.deepEqual(refused.message.values('WWW-Authenticate'), [])
      assert.equal((await get(two.bearer())).status, 200)
      assert.match((await admin('/metrics')).text, /^postern_key_set_failing\{issuer="https:\/\/one\.example\.com"\} 1$/m)
    })

    it('they are taken as soon as the issuer gives them out', async () => {
      await until(() => keys.asked > 0)
      keys.keySet = one.keySet
      await until(async () => (await admin('/ready')).status === 200)
      assert.equal((await get(one.bearer())).status, 200)
      assert.equal((await get(two.bearer())).status, 200)
      const { text } = await admin('/metrics')
      assert.match(text, /^postern_key_set_failing\{issuer="https:\/\/one\.example\.com"\} 0$/m)
      assert.match(text, /^postern_key_set_keys\{issuer="https:\/\/one\.example\.com"\} 1$/m)
      assert.match(text, /^postern_key_set_fetches_total\{issuer="https:\/\/one\.example\.com",outcome="status"\} [1-9]/m)
    })

    it('tokens of keys that are not among them are refused, and cause no fetch each', async () => {
      const asked = keys.asked
      for (let token = 0; token < 50; token++) assert.equal((await get(next.bearer({ jti: String(token) }))).status, 401)
      assert.equal((await get(two.bearer({ iss: one.name }))).status, 401)
      assert.equal(keys.asked, asked)
    })

    it('the issuer may go, and its keys stay', async () => {
      keys.keySet = null
      assert.equal((await get(one.bearer({ jti: 'another' }))).status, 200)
      assert.equal((await admin('/ready')).status, 200)
    })
  })
}
