/** Digest towards a real server: what one implementation alone would take for right is not enough. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ask } from '../wire/client.ts'
import { Lighttpd, lighttpdIsMissing } from '../wire/lighttpd.ts'
import { requestText } from '../wire/request-text.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const project = `name: guarded
version: 1.0.0
apis:
  - { definition: right.yaml, basePath: /right, security: public, backend: { url: "\${BACKEND_URL}", credential: { digest: { user: gateway, password: "\${RIGHT}", algorithms: [SHA-256, MD5] } } } }
  - { definition: wrong.yaml, basePath: /wrong, security: public, backend: { url: "\${BACKEND_URL}", credential: { digest: { user: gateway, password: "\${WRONG}", algorithms: [SHA-256, MD5] } } } }
`

function definition(title: string): string {
  return `openapi: 3.1.0\ninfo: { title: ${title}, version: 1.0.0 }\npaths: { /thing: { get: { responses: { default: { description: A thing } } } } }\n`
}

const requests = 5

/** Each thread learns for itself what a backend asks for. */
export function digestServers(start: Start, threads: number): void {
  for (const algorithm of ['MD5', 'SHA-256'] as const)
    describe(`Digest with ${algorithm} towards lighttpd`, { skip: lighttpdIsMissing }, () => {
      let prepared: ProjectFolder
      let server: Lighttpd
      let gateway: RunningGateway

      before(async () => {
        prepared = new ProjectFolder({
          'postern.yaml': project,
          ...Object.fromEntries(['right', 'wrong'].map((name) => [`${name}.yaml`, definition(name)])),
        })
        server = await Lighttpd.start(algorithm, 'gateway', 'open "sesame": ä')
        const settings = { BACKEND_URL: server.url, RIGHT: 'open "sesame": ä', WRONG: 'open' }
        gateway = await start(prepared, settings)
      })
      after(async () => {
        await gateway.stop()
        await server.end()
        prepared?.remove()
      })

      it('known once, each request costs one; a wrong password is the gateway’s failure', async () => {
        for (let count = 0; count < requests * threads; count++) {
          const { status, message } = await ask(gateway.port, requestText('GET', '/right/thing'))
          assert.deepEqual([status, message.text], [200, 'a thing'])
        }
        const { status, message } = await ask(gateway.port, requestText('GET', '/wrong/thing'))
        assert.deepEqual([status, message.field('www-authenticate')], [502, undefined])
        const seen = await server.statuses()
        assert.equal(seen.filter((line) => line === '200').length, requests * threads)
        const challenged = seen.filter((line) => line === '401').length
        assert.ok(challenged > 0 && challenged <= threads + 2, `${challenged} challenges`)
      })
    })
}
