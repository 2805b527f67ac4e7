/** Callers who show a client certificate and nothing else: what their applications are subscribed to, and steps of the project's own. */
import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { Authority, type Issued, tlsSettings } from '../wire/authority.ts'
import { Backend } from '../wire/backend.ts'
import { requestText } from '../wire/request-text.ts'
import { askSecurely } from '../wire/secure-client.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

function applications(pinned: Issued): string {
  const toBooks = 'api: Books, version: 1.0.0'
  return `applications:
  - { id: 1, name: Lab, keys: [{ consumer: lab }], subscriptions: [{ ${toBooks} }] }
  - id: 2
    name: One machine
    keys: [{ certificate: "${new X509Certificate(pinned.cert).fingerprint256}" }]
    subscriptions: [{ ${toBooks}, state: BLOCKED }]
`
}

export function certificateCallers(start: Start): void {
  describe('callers by certificate alone', () => {
    const clients = new Authority('Clients')
    const lab = clients.issue('lab', { names: ['lab.example.com'] })
    const pinned = clients.issue('pinned', { names: ['lab.example.com'] })
    const other = clients.issue('other', { names: ['other.example.com'] })
    const nobody = clients.issue('nobody', { names: ['nobody.example.com'] })
    let prepared: ProjectFolder
    let backend: Backend
    let gateway: RunningGateway
    let port = 0

    before(async () => {
      const digest = createHash('sha256').update('k-lab').digest('hex')
      prepared = new ProjectFolder(
        {
          'keys/clients.pem': clients.pem,
          'subscriptions.yaml': applications(pinned),
          'api-keys.yaml': `keys: [{ id: lab-1, digest: "sha256:${digest}", consumer: lab }]\n`,
        },
        'certificate-callers-project',
      )
      backend = await Backend.start()
      const server = new Authority('Servers').issue('server', { names: ['localhost'] })
      const settings = { BACKEND_URL: backend.url, POSTERN_HTTPS_PORT: '0', ...tlsSettings(prepared.folder, server) }
      gateway = await start(prepared, settings)
      port = Number((await gateway.log.find(({ event }) => event === 'listening')).https)
    })
    after(async () => {
      await gateway.stop()
      await backend.stop()
      prepared?.remove()
    })

    /** `200`, or status and kind of the refusal. */
    async function get(target: string, certificate: Issued | null, ...fields: readonly string[]): Promise<string> {
      const { status, message } = await askSecurely(port, requestText('GET', target, fields), certificate ?? {})
      if (status === 200) return '200'
      return `${status} ${JSON.parse(message.body.toString()).type.slice('urn:postern:refusal:'.length)}`
    }

    test('a holder is subscribed as an API key of the same consumer is', async () => {
      assert.equal(await get('/books/with-key', null, 'X-API-Key: k-lab'), '200')
      assert.equal(await get('/books/all', lab), '200')
    })

    test('another holder, and a certificate that is nobody’s', async () => {
      assert.equal(await get('/books/all', other), '403 subscription-missing')
      assert.equal(await get('/books/all', nobody), '403 subscription-missing')
      assert.equal(await get('/books/all', null), '401 certificate-missing')
    })

    test('what is said of one certificate counts before what is said of its holder', async () => {
      assert.equal(await get('/books/all', pinned), '403 subscription-blocked')
    })

    test('the project’s own step for scopes is asked about certificates too', async () => {
      assert.equal(await get('/books/closed', lab), '403 scope-missing')
    })
  })
}
