/** Whatever the gateway remembers of a credential, and has told backends of its holder, counts no more in any thread once a feed bars it. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, hash } from 'node:crypto'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { passwordDigest } from '../../src/cli/credential-entry.ts'
import { Backend, seen } from '../wire/backend.ts'
import { ask } from '../wire/client.ts'
import { KeyManager } from '../wire/key-manager.ts'
import { requestText } from '../wire/request-text.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import { becomes, ListServer } from './revocation-feeds.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const project = `name: remembering
version: 1.0.0
apis:
  - { definition: api.yaml, backend: "\${BACKEND_URL}" }
issuers:
  - { issuer: https://one.example.com, audiences: [shop], keys: keys/one.json }
  - issuer: https://idp.example.com
    audiences: [shop]
    introspection: { url: "\${KEY_MANAGER}/introspect", clientId: gateway, clientSecret: "\${SECRET}", cache: { keep: 1d } }
apiKeys: api-keys.yaml
backendToken: { key: "\${BACKEND_TOKEN_KEY}", issuer: https://gateway.example.com, audiences: [orders], lifetime: 1h }
revocation: { feeds: [{ type: list, url: "\${LIST_URL}", every: 1s }] }
`

const definition = `openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
components:
  securitySchemes:
    token: { type: http, scheme: bearer }
    key: { type: apiKey, in: header, name: X-API-Key }
paths:
  /token: { get: { security: [{ token: [] }], responses: { default: { description: An answer } } } }
  /key: { get: { security: [{ key: [] }], responses: { default: { description: An answer } } } }
`

export function rememberedCredentials(start: Start): void {
  describe('a remembered credential', () => {
    const one = new Issuer('https://one.example.com', 'one', 'RS256')
    const signer = new Issuer('https://keys.example.com', 'signer', 'ES256')
    let prepared: ProjectFolder
    let backend: Backend
    let keyManager: KeyManager
    let list: ListServer
    let gateway: RunningGateway

    before(async () => {
      const backendKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
      const files = {
        'postern.yaml': project,
        'api.yaml': definition,
        'keys/one.json': one.keySet,
        'keys/signer.json': signer.keySet,
        'backend-token.pem': backendKey,
        'api-keys.yaml': `issuers: [{ issuer: "https://keys.example.com", keys: keys/signer.json, validateAllowedAPIs: false }]
keys:
  - { id: fast, digest: "sha256:${hash('sha256', 'k-fast')}" }
  - { id: slow, digest: "${passwordDigest('thought-of')}" }
  - { id: kept, digest: "sha256:${hash('sha256', 'k-kept')}" }
`,
      }
      prepared = new ProjectFolder(files)
      backend = await Backend.start()
      keyManager = await KeyManager.start()
      keyManager.knows('opaque')
      list = await ListServer.start()
      gateway = await start(prepared, {
        BACKEND_URL: backend.url,
        KEY_MANAGER: keyManager.url,
        LIST_URL: list.url,
        SECRET: 's',
        BACKEND_TOKEN_KEY: join(prepared.folder, 'backend-token.pem'),
      })
      await becomes(200, async () => (await fetch(`http://127.0.0.1:${gateway.adminPort}/ready`)).status)
    })
    after(async () => {
      await gateway.stop()
      await Promise.all([backend.stop(), keyManager.stop(), list.end()])
      prepared?.remove()
    })

    /** Status, and what the backend was told of the caller. */
    async function told(path: string, field: string): Promise<readonly [number, string | undefined]> {
      const answer = await ask(gateway.port, requestText('GET', path, [field]))
      if (answer.status !== 200) return [answer.status, undefined]
      return [200, seen(answer).fields.find(([name]) => name.toLowerCase() === 'x-jwt-assertion')?.[1]]
    }

    async function status(path: string, field: string): Promise<number> {
      return (await told(path, field))[0]
    }

    const signedKey = (jti: string): string => `X-API-Key: ${signer.token({ jti, token_type: 'apiKey' }, { typ: undefined })}`
    const cases = [
      { what: 'token', path: '/token', lost: one.bearer({ jti: 'lost' }), kept: one.bearer({ jti: 'kept' }), entry: { jti: 'lost' } },
      { what: 'opaque token', path: '/token', lost: 'Authorization: Bearer opaque', kept: one.bearer(), entry: { token: 'opaque' } },
      { what: 'API key', path: '/key', lost: 'X-API-Key: k-fast', kept: 'X-API-Key: k-kept', entry: { apiKey: 'fast' } },
      { what: 'key with a slow digest', path: '/key', lost: 'X-API-Key: thought-of', kept: 'X-API-Key: k-kept', entry: { apiKey: 'slow' } },
      { what: 'signed key', path: '/key', lost: signedKey('lost-key'), kept: signedKey('kept-key'), entry: { jti: 'lost-key' } },
    ]
    for (const { what, path, lost, kept, entry } of cases) {
      it(`that is ${/^[aeiou]/i.test(what) ? 'an' : 'a'} ${what} is forgotten, and so is what backends were told`, async () => {
        for (const field of [lost, kept]) await becomes(200, () => status(path, field))
        assert.ok((await told(path, lost))[1], 'a backend token was made')
        list.entries = [...list.entries, entry]
        await becomes(401, () => status(path, lost))
        const asked = backend.requests.length
        for (let count = 0; count < 8; count++) assert.equal(await status(path, lost), 401)
        assert.equal(backend.requests.length, asked)
        assert.ok((await told(path, kept))[1])
      })
    }

    it('of a user whose older ones are revoked: a new one is told as its own', async () => {
      const now = Math.floor(Date.now() / 1000)
      const [older, newer] = [one.bearer({ sub: 'mallory', iat: now - 60 }), one.bearer({ sub: 'mallory', iat: now + 1 })]
      await becomes(200, () => status('/token', older))
      const before = (await told('/token', older))[1]
      list.entries = [...list.entries, { user: 'mallory', before: now }]
      await becomes(401, () => status('/token', older))
      const [answered, after] = await told('/token', newer)
      assert.equal(answered, 200)
      assert.notEqual(after, before)
    })
  })
}
