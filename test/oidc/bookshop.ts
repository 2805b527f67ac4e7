/** A gateway in front of a bookshop, whose issuer is such a server. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { examine } from '../../src/compiler/compile.ts'
import { makePlan } from '../../src/compiler/plan/make-plan.ts'
import type { Environment } from '../../src/gateway/settings.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { Backend } from '../wire/backend.ts'
import { type Answer, ask } from '../wire/client.ts'
import { LocalGateway } from '../wire/gateway.ts'
import { requestText } from '../wire/request-text.ts'
import { TestClock } from '../wire/test-clock.ts'
import { until } from '../wire/until.ts'
import type { Client } from './authorisation-server.ts'

export const resource = 'https://books.example.com'

const definition = `openapi: 3.1.0
info: { title: Books, version: 1.0.0 }
components:
  securitySchemes:
    token:
      type: oauth2
      flows: { clientCredentials: { tokenUrl: https://idp.example.com/token, scopes: { "books:read": Read, "books:write": Write } } }
paths:
  /books:
    get: { security: [{ token: ["books:read"] }], responses: { '200': { description: All books } } }
    post: { security: [{ token: ["books:write"] }], responses: { '201': { description: A new book } } }
`

export class Bookshop {
  readonly clock: TestClock = new TestClock()
  readonly #gateway: LocalGateway

  private constructor(gateway: LocalGateway, clock: TestClock) {
    this.#gateway = gateway
    this.clock = clock
  }

  /** @param issuer the lines of an entry of `issuers`, without its beginning `- `. */
  static async open(
    t: TestContext,
    issuer: string,
    files: Readonly<Record<string, string>> = {},
    environment: Environment = {},
  ): Promise<Bookshop> {
    const folder = temporaryFolder(t)
    const backend = await Backend.start()
    t.after(() => backend.stop())
    const project = `name: bookshop\nversion: 1.0.0\napis: [{ definition: books.yaml, backend: "${backend.url}" }]\nissuers:\n  - ${issuer.trim().replaceAll('\n', '\n    ')}\n`
    for (const [name, text] of Object.entries({ ...files, 'postern.yaml': project, 'books.yaml': definition })) {
      mkdirSync(join(folder, name, '..'), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    const { project: checked, diagnostics } = examine({ projectFolder: folder, now: new Date() })
    assert.ok(checked !== null)
    assert.deepEqual(
      diagnostics.sorted.filter(({ severity }) => severity === 'error'),
      [],
    )
    const clock = new TestClock()
    const gateway = await LocalGateway.start(makePlan(checked).plan, { clock, environment })
    t.after(() => gateway.stop())
    return new Bookshop(gateway, clock)
  }

  /** Resolves when all keys are there. */
  async ready(): Promise<void> {
    await until(async () => {
      await this.clock.advance(1_000)
      return (await fetch(`http://127.0.0.1:${this.#gateway.adminPort}/ready`)).status === 200
    })
  }

  /** Fields of the request for all books. */
  get(...fields: readonly string[]): Promise<Answer> {
    return ask(this.#gateway.port, requestText('GET', '/books', fields))
  }

  async status(token: string, method: 'GET' | 'POST' = 'GET'): Promise<number> {
    return (await ask(this.#gateway.port, requestText(method, '/books', [`Authorization: Bearer ${token}`]))).status
  }

  /** At the gateway's own endpoint for that. */
  async revoke(client: Client, token: string): Promise<number> {
    const fields = [`Authorization: Basic ${btoa(`${client.id}:${client.secret}`)}`, 'Content-Type: application/x-www-form-urlencoded']
    return (await ask(this.#gateway.port, requestText('POST', '/oauth2/revoke', fields, `token=${token}`))).status
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.#gateway.adminPort}/metrics`)).text()
  }
}
