/**
 * The gateway that is attacked: every method on every path of up to four segments is public, so that whatever its parsers let through
 * reaches the backend.
 */
import assert from 'node:assert/strict'
import type { Method } from '../../../src/contract/plan/method.ts'
import type { GatewayPlan } from '../../../src/contract/plan.ts'
import type { StartOptions } from '../../../src/gateway/main.ts'
import { Backend } from '../../wire/backend.ts'
import { type Answer, ask, Client } from '../../wire/client.ts'
import { LocalGateway } from '../../wire/gateway.ts'
import { planOf } from '../../wire/plan.ts'

const methods: readonly Method[] = ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']
const templates = ['/', '/{a}', '/{a}/', '/{a}/{b}', '/{a}/{b}/', '/{a}/{b}/{c}', '/{a}/{b}/{c}/{d}']
/** Templates that stand in the way of others. */
const concrete = ['/concrete/admin', '/concrete/encoded%3Bx']

export class OpenGateway {
  readonly backend: Backend
  readonly local: LocalGateway

  private constructor(backend: Backend, local: LocalGateway) {
    this.backend = backend
    this.local = local
  }

  static async start(
    changes: Partial<GatewayPlan> = {},
    maxBody: number = 1024 * 1024,
    options: Partial<StartOptions> = {},
  ): Promise<OpenGateway> {
    const backend = await Backend.start()
    const operations = [...templates, ...concrete].flatMap((template) => methods.map((method) => ({ method, template, maxBody })))
    const plan = planOf([backend.url], { operations, ...changes })
    return new OpenGateway(backend, await LocalGateway.start(plan, options))
  }

  get port(): number {
    return this.local.port
  }

  connect(): Promise<Client> {
    return Client.connect(this.port)
  }

  ask(bytes: string | Buffer): Promise<Answer> {
    return ask(this.port, bytes)
  }

  /** The gateway closes every connection that it has opened, so that the backend need not. */
  async stop(): Promise<void> {
    await this.local.stop()
    await this.backend.emptied()
    await this.backend.stop()
  }

  /**
   * What is sent is refused with `status`, the connection is closed cleanly behind the answer, and the backend sees nothing of it:
   * not even a connection.
   */
  async refuses(bytes: string | Buffer, status: number): Promise<void> {
    const before = { bytes: this.backend.bytes, connections: this.backend.connections }
    const client = await this.connect()
    const answer = await client.request(bytes)
    assert.equal(answer.status, status, answer.message.text)
    assert.equal(answer.message.field('Connection'), 'close')
    assert.equal(await client.closed, 'clean')
    assert.deepEqual({ bytes: this.backend.bytes, connections: this.backend.connections }, before, 'the backend got something')
    assertProblem(answer)
  }
}

/** The answer is a refusal as the contract describes it, with a request id. */
export function assertProblem({ status, message }: Answer): void {
  assert.equal(message.field('Content-Type'), 'application/problem+json')
  assert.match(message.field('X-Request-Id') ?? '', /^[\w-]{8,64}$/)
  assert.ok(message.field('Date') !== undefined)
  const problem = JSON.parse(message.text) as Record<string, unknown>
  assert.equal(problem.status, status)
  assert.equal(typeof problem.code, 'number')
  for (const part of ['type', 'title', 'detail']) assert.equal(typeof problem[part], 'string')
}

/** A request that must never be served: it stands behind an attack that hides it from one of two readers. */
export const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
