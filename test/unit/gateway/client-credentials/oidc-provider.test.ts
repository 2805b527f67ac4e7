/** Tokens from an authorization server that others have written. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import Provider from 'oidc-provider'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { Backend, seen } from '../../../wire/backend.ts'
import { ask } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'

const methods = { basic: 'client_secret_basic', post: 'client_secret_post', private_key_jwt: 'private_key_jwt' } as const

for (const by of ['basic', 'post', 'private_key_jwt'] as const) {
  test(`npm's oidc-provider, with the client's credentials by ${by}`, async (t) => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    t.mock.method(console, 'warn', () => {})
    t.mock.method(console, 'info', () => {})
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const keyFile = join(temporaryFolder(t), 'key.pem')
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const secret = 'a secret: with + and %'
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: 'gate:way',
          client_secret: secret,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
          token_endpoint_auth_method: methods[by],
          jwks: { keys: [publicKey.export({ format: 'jwk' })] },
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
            service: { url: [`${issuer}/token`], plainHttp: false, tls: null },
            client:
              by === 'private_key_jwt'
                ? { kind: by, clientId: ['gate:way'], keyFile: [{ setting: 'KEY' }], keyId: null, audience: [`${issuer}/token`] }
                : { kind: by, clientId: ['gate:way'], clientSecret: [{ setting: 'SECRET' }] },
            scopes: ['orders'],
            audience: null,
          },
        },
      ],
      settings: ['SECRET', 'KEY'].map((name) => ({ name, default: null, usedFor: ['test'] })),
      operations: [{ method: 'GET', template: '/a' }],
    })
    const gateway = await LocalGateway.start(plan, { environment: { SECRET: secret, KEY: keyFile } })
    t.after(() => gateway.stop())
    const answer = await ask(gateway.port, requestText('GET', '/a'))
    assert.equal(answer.status, 200, answer.message.text)
    const [, token] = /^Bearer (.+)$/.exec(seen(answer).fields.find(([name]) => /^authorization$/i.test(name))?.[1] ?? '') ?? []
    const known = await provider.ClientCredentials.find(token ?? '')
    assert.deepEqual([known?.clientId, known?.scope], ['gate:way', 'orders'])
  })
}
