/** Tokens from an authorization server that others have written. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import Provider from 'oidc-provider'
import { Backend, seen } from '../../../wire/backend.ts'
import { ask } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'

for (const by of ['basic', 'post'] as const) {
  test(`npm's oidc-provider, with the client's credentials by ${by}`, async (t) => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    t.mock.method(console, 'warn', () => {})
    t.mock.method(console, 'info', () => {})
    const secret = 'a secret: with + and %'
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: 'gate:way',
          client_secret: secret,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
          token_endpoint_auth_method: by === 'basic' ? 'client_secret_basic' : 'client_secret_post',
        },
      ],
      scopes: ['orders'],
      features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    })
    server.on('request', provider.callback())
    const backend = await Backend.start()
    t.after(() => backend.stop())
    const plan = planOf([], {
      upstreams: [
        {
          url: [backend.url],
          http: '1.1',
          tls: null,
          credential: {
            kind: 'client-credentials',
            url: [`${issuer}/token`],
            clientId: ['gate:way'],
            clientSecret: [{ setting: 'SECRET' }],
            by,
            scopes: ['orders'],
            audience: null,
            authorities: [],
          },
        },
      ],
      settings: [{ name: 'SECRET', default: null, usedFor: ['test'] }],
      operations: [{ method: 'GET', template: '/a' }],
    })
    const gateway = await LocalGateway.start(plan, { environment: { SECRET: secret } })
    t.after(() => gateway.stop())
    const answer = await ask(gateway.port, requestText('GET', '/a'))
    assert.equal(answer.status, 200, answer.message.text)
    const [, token] = /^Bearer (.+)$/.exec(seen(answer).fields.find(([name]) => /^authorization$/i.test(name))?.[1] ?? '') ?? []
    const known = await provider.ClientCredentials.find(token ?? '')
    assert.deepEqual([known?.clientId, known?.scope], ['gate:way', 'orders'])
  })
}
