/** Answers of a key manager that count until a feed says that the token is revoked. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Backend } from '../wire/backend.ts'
import { ask } from '../wire/client.ts'
import { KeyManager } from '../wire/key-manager.ts'
import { requestText } from '../wire/request-text.ts'
import { ProjectFolder } from './project-folder.ts'
import { becomes, ListServer } from './revocation-feeds.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const project = `name: invalidated
version: 1.0.0
apis:
  - { definition: api.yaml, backend: "\${BACKEND_URL}" }
issuers:
  - issuer: https://idp.example.com
    audiences: [shop]
    introspection:
      url: "\${KEY_MANAGER}/introspect"
      clientId: gateway
      clientSecret: "\${SECRET}"
      cache: { mode: invalidated, keep: 1d }
revocation: { feeds: [{ type: list, url: "\${LIST_URL}", every: 1s }] }
`

const definition = `openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /things: { get: { security: [{ token: [] }], responses: { default: { description: An answer } } } }
`

export function invalidatedAnswers(start: Start, threads: number): void {
  describe('answers of a key manager that a feed invalidates', () => {
    let prepared: ProjectFolder
    let backend: Backend
    let keyManager: KeyManager
    let list: ListServer
    let gateway: RunningGateway

    before(async () => {
      prepared = new ProjectFolder({ 'postern.yaml': project, 'api.yaml': definition })
      backend = await Backend.start()
      keyManager = await KeyManager.start()
      list = await ListServer.start()
      const addresses = { BACKEND_URL: backend.url, KEY_MANAGER: keyManager.url, LIST_URL: list.url, SECRET: 's' }
      gateway = await start(prepared, addresses)
    })
    after(async () => {
      await gateway.stop()
      await backend.stop()
      await keyManager.stop()
      await list.end()
      prepared?.remove()
    })

    async function status(token: string): Promise<number> {
      return (await ask(gateway.port, requestText('GET', '/things', [`Authorization: Bearer ${token}`]))).status
    }

    it('are of no use from then on, in any thread', async () => {
      keyManager.knows('taken')
      keyManager.knows('other')
      await becomes(200, () => status('taken'))
      await becomes(200, () => status('other'))
      list.entries = [{ signature: 'taken' }]
      await becomes(401, () => status('taken'))
      assert.equal(await status('other'), 200)
      assert.ok(keyManager.countOf('taken') <= threads)
    })
  })
}
