/**
 * The gateway with a recording backend behind it: what it makes of a stream of requests. What the backend gets is read by a second parser
 * too, and must be the same requests.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Method } from '../../src/contract/plan/method.ts'
import type { GatewayPlan } from '../../src/contract/plan.ts'
import { Backend, type BackendRequest } from '../wire/backend.ts'
import { LocalGateway } from '../wire/gateway.ts'
import type { Field } from '../wire/message.ts'
import { planOf } from '../wire/plan.ts'
import { maxBody } from './generate.ts'
import { differs, type ReadMessage, SecondParser } from './second-parser.ts'

/** A request as the backend got it. */
export type ForwardedRequest = {
  readonly method: string
  readonly target: string
  readonly fields: readonly Field[]
  readonly body: string
}

export type GatewayOutcome = {
  /** For each request that the gateway took from the stream: what the backend got, or why it did not. */
  readonly exchanges: readonly (
    | { readonly kind: 'forwarded'; readonly request: ForwardedRequest }
    | { readonly kind: 'refused'; readonly refusal: string; readonly status: number }
  )[]
}

const methods: readonly Method[] = ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']
const templates = ['/', '/{a}', '/{a}/', '/{a}/{b}', '/{a}/{b}/', '/{a}/{b}/{c}', '/{a}/{b}/{c}/']

/**
 * Put behind every stream so that the gateway closes the connection whatever state it is in: no method, field or chunk can hold NUL,
 * no body is that long, and a head that has been begun ends here.
 */
const terminator = `${'\0'.repeat(2 * maxBody)}\r\n\r\n`

export class GatewayReader {
  readonly #backend: Backend
  readonly #local: LocalGateway
  /** One for each connection to the backend. */
  readonly #second: Map<number, SecondParser> = new Map()

  private constructor(backend: Backend, local: LocalGateway) {
    this.#backend = backend
    this.#local = local
    backend.onBytes = (connection, chunk) => {
      const parser = this.#second.get(connection) ?? new SecondParser('REQUEST')
      this.#second.set(connection, parser)
      parser.push(chunk)
    }
  }

  static async start(): Promise<GatewayReader> {
    const backend = await Backend.start()
    backend.handler = async (request) => {
      await request.whole
      request.respond()
    }
    const operations = templates.flatMap((template) => methods.map((method) => ({ method, template, maxBody })))
    const plan: GatewayPlan = planOf([backend.url], { operations })
    return new GatewayReader(backend, await LocalGateway.start(plan))
  }

  /** The stream as both readers get it. */
  static whole(stream: string): Buffer {
    return Buffer.from(stream + terminator, 'latin1')
  }

  /** Sends the pieces one after another and waits until the gateway has closed the connection. One stream at a time. */
  async read(pieces: readonly Buffer[]): Promise<GatewayOutcome> {
    const { requests } = this.#backend
    requests.length = 0
    this.#local.forgetLog()
    const socket = connect({ port: this.#local.port, host: '127.0.0.1', noDelay: true })
    const closed = new Promise((resolve) => socket.once('close', resolve))
    // A reset behind the last answer is no news.
    socket.on('error', () => {})
    // Answers are not looked at here, only what became of the requests.
    socket.resume()
    await once(socket, 'connect')
    for (const piece of pieces) {
      socket.write(piece)
      if (pieces.length > 1) await new Promise(setImmediate)
    }
    await closed
    if (this.#backend.failure !== null) throw this.#backend.failure
    const forwarded = requests.filter(({ message }) => message.complete)
    this.#compareSecond(forwarded)
    const exchanges = this.#local.accessLines.map((line): GatewayOutcome['exchanges'][number] => {
      if (typeof line.refusal === 'string') return { kind: 'refused', refusal: line.refusal, status: Number(line.status) }
      const request = forwarded.shift()
      if (request === undefined || line.aborted === true)
        throw new Error(`an exchange that the backend did not see: ${JSON.stringify(line)}`)
      const { method, target, fields, message } = request
      return { kind: 'forwarded', request: { method, target, fields, body: message.body.toString('latin1') } }
    })
    if (forwarded.length > 0) throw new Error(`the backend got ${forwarded.length} more requests than the gateway knows of`)
    return { exchanges }
  }

  #compareSecond(forwarded: readonly BackendRequest[]): void {
    for (const [connection, parser] of this.#second) {
      const meant = forwarded.filter((request) => request.connection === connection).map(asRead)
      const wrong = parser.error ?? differs(parser.messages.splice(0), meant)
      if (wrong !== null) throw new Error(`forwarded, but ${wrong}`)
    }
  }

  async stop(): Promise<void> {
    await this.#local.stop()
    await this.#backend.stop()
  }
}

function asRead({ method, target, fields, message }: BackendRequest): ReadMessage {
  return { start: `${method} ${target}`, fields, body: message.body.toString('latin1') }
}
