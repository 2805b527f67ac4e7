/** API keys that are known by slow digests. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { passwordDigest } from '../../src/cli/credential-entry.ts'
import { Backend } from '../wire/backend.ts'
import { type Answer, ask } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const apiKeys = `keys:
  - { id: slow, digest: "${passwordDigest('thought-of')}", scopes: [write], apis: [Kinds] }
  - { id: fast, digest: "sha256:${createHash('sha256').update('random').digest('hex')}" }
`

export function scryptKeys(start: Start, threads: number): void {
  describe('API keys with slow digests', () => {
    const one = new Issuer('https://one.example.com', 'one', 'ES256')
    let prepared: ProjectFolder
    let backend: Backend
    let gateway: RunningGateway

    before(async () => {
      prepared = new ProjectFolder(
        { 'keys/one.jwks.json': one.keySet, 'api-keys.yaml': apiKeys, 'users.yaml': 'users: []\n' },
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

    function get(path: string, key: string): Promise<Answer> {
      return ask(gateway.port, requestText('GET', path, [`X-API-Key: ${key}`]))
    }

    async function status(path: string, key: string): Promise<number> {
      return (await get(path, key)).status
    }

    test('open what they may, beside others', async () => {
      assert.equal(await status('/kinds/scoped-key', 'thought-of'), 200)
      assert.equal(await status('/kinds/scoped-key', 'thought-of'), 200)
      assert.equal(await status('/kinds/header', 'random'), 200)
      assert.equal(await status('/other/header', 'thought-of'), 403)
      assert.equal(await status('/kinds/header', 'thought'), 401)
      assert.equal(await status('/kinds/header', 'x'.repeat(300)), 401)
    })

    test('who guesses is slowed down; who is known is not', async () => {
      // Each thread counts for itself.
      for (let thread = 0; thread < 4 * threads; thread++) assert.equal(await status('/kinds/header', 'thought-of'), 200)
      const guesses = await Promise.all(Array.from({ length: 24 * threads }, (_, guess) => get('/kinds/header', `guess-${guess}`)))
      const slowed = guesses.filter((answer) => answer.status === 429)
      assert.ok(slowed.length > 0)
      for (const { message } of slowed) assert.match(message.field('retry-after') ?? '', /^[1-9][0-9]?$/)
      assert.equal(await status('/kinds/header', 'random'), 200)
      if (threads === 1) assert.equal(await status('/kinds/header', 'thought-of'), 200)
      const text = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
      assert.match(text, /postern_auth_failures_total\{reason="api-key-attempts"\} [1-9]/)
      assert.ok(!gateway.log.text.includes('thought-of'))
    })
  })
}
