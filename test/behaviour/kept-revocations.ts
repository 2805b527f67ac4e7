/** What was revoked stays revoked when a gateway begins anew and its source is away: `revocation.persist`. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Backend } from '../wire/backend.ts'
import type { Issuer } from './issuer.ts'
import { becomes, ListServer } from './revocation-feeds.ts'
import { outcome, RevocableProject } from './revocations.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const revoked = '401 900901 The access token was revoked'

export function keptRevocations(start: Start): void {
  describe('revocations that are kept', () => {
    let project: RevocableProject
    let one: Issuer
    let kept = ''
    let list: ListServer
    let backend: Backend
    let gateway: RunningGateway | null = null

    before(async () => {
      project = new RevocableProject(
        '{ persist: "${KEPT:-}", feeds: [{ type: list, url: "${LIST_URL}", every: 1s }], onStale: { after: 15s } }',
      )
      one = project.one
      kept = join(project.folder, 'revocations')
      list = await ListServer.start()
      backend = await Backend.start()
    })
    after(async () => {
      await gateway?.stop()
      await Promise.all([list.end(), backend.stop()])
      project?.remove()
    })

    const begin = async (settings: Readonly<Record<string, string>> = {}): Promise<RunningGateway> => {
      gateway = await start(project, { BACKEND_URL: backend.url, LIST_URL: list.url, KEPT: kept, ...settings })
      return gateway
    }
    const end = async (): Promise<void> => {
      await gateway?.stop()
      gateway = null
    }
    const ofJti = (jti: string): Promise<string> => outcome(gateway!, '/token', `Authorization: Bearer ${one.token({ jti })}`)
    const ready = async (): Promise<number> => (await fetch(`http://127.0.0.1:${gateway!.adminPort}/ready`)).status
    const problems = async (): Promise<string> => {
      const text = await (await fetch(`http://127.0.0.1:${gateway!.adminPort}/metrics`)).text()
      return /^postern_revocation_persist_failures_total (\d+)$/m.exec(text)?.[1] ?? 'none'
    }

    it('stay revoked where the source is away after a restart, for as long as knowledge is fresh enough, and then nobody is served', async () => {
      list.entries = [
        { jti: 'lost', iss: one.name },
        { client: 'gone', before: Math.floor(Date.now() / 1000) + 60 },
      ]
      await begin()
      await becomes(200, ready)
      await becomes(revoked, () => ofJti('lost'))
      await end()
      list.failing = 503
      await begin()
      await becomes(200, ready)
      assert.equal(await ofJti('lost'), revoked)
      assert.equal(await outcome(gateway!, '/token', one.bearer({ azp: 'gone' })), revoked)
      assert.equal(await ofJti('kept'), '200')
      await becomes('503 50300', () => ofJti('kept'))
      assert.equal(await ofJti('lost'), revoked)
      await end()
    })

    it('count, and nothing more, where they are older than that', async () => {
      await begin()
      assert.equal(await ofJti('lost'), revoked)
      assert.equal(await ofJti('kept'), '503 50300')
      assert.equal(await ready(), 503)
      list.failing = 0
      list.entries = [{ jti: 'later' }]
      await becomes(200, ready)
      await becomes('200', () => ofJti('lost'))
      assert.equal(await ofJti('later'), revoked)
      assert.equal(await problems(), '0')
    })

    it('are a gateway’s own: another one does not start with the same folder', async () => {
      const settings = { BACKEND_URL: backend.url, LIST_URL: list.url, KEPT: kept }
      await assert.rejects(start(project, settings), /another gateway keeps its revocations in/)
      assert.equal(await ofJti('later'), revoked)
      await end()
    })

    it('are in files that name nothing, for nobody else to read', async () => {
      const names = readdirSync(kept)
      assert.equal(names.filter((name) => name.endsWith('.journal')).length, 1)
      assert.ok(names.includes('key') && !names.includes('lock'), names.join(' '))
      for (const name of names) {
        assert.equal(statSync(join(kept, name)).mode & 0o777, 0o600, name)
        assert.doesNotMatch(readFileSync(join(kept, name), 'latin1'), /later|lost|example/, name)
      }
    })

    it('that are damaged are told, and not believed: they are asked for again', async () => {
      const name = readdirSync(kept).find((each) => each.endsWith('.journal'))!
      writeFileSync(join(kept, name), 'damaged')
      list.failing = 503
      await begin()
      assert.equal(await problems(), '1')
      assert.equal(await ofJti('kept'), '503 50300')
      list.failing = 0
      await becomes(200, ready)
      assert.equal(await ofJti('later'), revoked)
      await end()
      await begin()
      assert.equal(await problems(), '0')
      assert.equal(await ofJti('later'), revoked)
      await end()
    })

    it('of another address are another source’s', async () => {
      list.failing = 503
      await begin({ LIST_URL: `${list.url}?of=another` })
      assert.equal(await ofJti('kept'), '503 50300')
      assert.equal(await ready(), 503)
      await end()
    })

    it('need a folder, by its whole path', async () => {
      const settings = { BACKEND_URL: backend.url, LIST_URL: list.url, KEPT: 'kept' }
      await assert.rejects(start(project, settings), /must be an absolute path/)
      const file = { ...settings, KEPT: join(project.folder, 'api.yaml') }
      await assert.rejects(start(project, file), /cannot be used: (?:EEXIST|ENOTDIR)/)
    })
  })
}
