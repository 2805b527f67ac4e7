/**
 * Whole scenarios: clients and a backend that send, wait, cut and reset as the seed says. Whatever they do, these hold:
 *
 * - each request is answered at most once, in order, and only by what the backend said to that very request, or by a refusal;
 * - the backend gets only what was sent: each request at most twice, the second time only where it is idempotent, and never a part for the whole;
 * - afterwards no request is in hand and no connection is left, and the next request is served.
 */
import { setImmediate } from 'node:timers/promises'
import { OpenGateway } from '../attack/http/open-gateway.ts'
import type { Random } from '../random.ts'
import type { Answer, Client } from '../wire/client.ts'
import { nothingLeft } from '../wire/nothing-left.ts'
import { limits } from '../wire/plan.ts'
import { type Ending, makeScenario, mostClients, type ScenarioClient, type ScenarioRequest } from './generate-scenario.ts'
import type { Player } from './plays.ts'
import { giveAnswer, isContentFor } from './scenario-answers.ts'
import { SecondParser } from './second-parser.ts'

export class Stateful implements Player {
  readonly #gateway: OpenGateway
  #second: Map<number, SecondParser> = new Map()

  private constructor(gateway: OpenGateway) {
    this.#gateway = gateway
    gateway.backend.onBytes = (connection, chunk) => {
      const parser = this.#second.get(connection) ?? new SecondParser('REQUEST')
      this.#second.set(connection, parser)
      parser.push(chunk)
    }
  }

  /** The second one has so few connections to its backend that requests wait for them, and are refused. */
  static async players(): Promise<readonly Stateful[]> {
    const narrow = { ...limits, maxUpstreamConnections: 2, maxUpstreamWaiting: 1 }
    return [new Stateful(await OpenGateway.start()), new Stateful(await OpenGateway.start({ limits: narrow }))]
  }

  /** What went wrong; null when nothing did. */
  async play(random: Random, prefix: string): Promise<string | null> {
    const { backend, local } = this.#gateway
    const clients = makeScenario(random, prefix)
    const byTarget = new Map(clients.flatMap(({ requests }) => requests).map((request) => [request.target, request]))
    backend.requests.length = 0
    this.#second = new Map()
    local.forgetLog()
    backend.handler = (request) => {
      const planned = byTarget.get(request.target)
      return planned === undefined ? request.respond('fine') : giveAnswer(request, planned.target, planned.answer)
    }
    try {
      const wrong = (await Promise.all(clients.map((client) => this.#playClient(client)))).find((result) => result !== null)
      await nothingLeft(local, backend, { backends: 2 * mostClients })
      const seen = this.#wrongAtBackend(byTarget)
      const next = await this.#gateway.ask('GET /next HTTP/1.1\r\nHost: a\r\n\r\n')
      if (next.message.text !== 'fine') return `the next request got ${next.status}`
      const bug = local.log.text.match(/"event":"bug".*/)?.[0]
      return wrong ?? seen ?? backend.failure?.message ?? bug ?? null
    } catch (error) {
      return String(error)
    }
  }

  async stop(): Promise<void> {
    await this.#gateway.stop()
  }

  async #playClient({ requests, pieces, leaves, deafFor }: ScenarioClient): Promise<string | null> {
    const client = await this.#gateway.connect()
    const answers = requests.map(({ method }) =>
      client.answer(method).catch((error: unknown) => (error instanceof Error ? error : new Error('?'))),
    )
    if (deafFor > 0) client.socket.pause()
    for (const { text, delay } of pieces) {
      client.send(text)
      for (let turn = 0; turn < delay; turn++) await setImmediate()
    }
    for (let turn = 0; turn < deafFor; turn++) await setImmediate()
    client.socket.resume()
    if (leaves !== null) leave(client, leaves)
    let over = false
    for (const [index, answer] of answers.entries()) {
      const got = await answer
      if (got instanceof Error) {
        if (/nobody asked|not a /.test(got.message)) return `${requests[index]!.target}: ${got.message}`
        over = true
      } else if (over) return `${requests[index]!.target}: an answer behind one that failed`
      else {
        const wrong = wrongAnswer(got, requests[index]!)
        if (wrong !== null) return `${requests[index]!.target}: ${wrong}`
      }
    }
    await client.destroy()
    return null
  }

  #wrongAtBackend(byTarget: ReadonlyMap<string, ScenarioRequest>): string | null {
    const { requests } = this.#gateway.backend
    const times = new Map<string, number>()
    for (const { target, method, message } of requests) {
      const meant = byTarget.get(target)
      if (meant === undefined || meant.method !== method) return `the backend got ${method} ${target}, which nobody sent`
      const count = (times.get(target) ?? 0) + 1
      times.set(target, count)
      if (count > (method === 'POST' ? 1 : 2)) return `the backend got ${method} ${target} ${count} times`
      if (message.complete ? message.text !== meant.body : !meant.body.startsWith(message.text)) return `${target} has another body`
    }
    for (const [connection, { error, messages }] of this.#second) {
      if (error !== null) return `the second parser: ${error}`
      const read = messages.map(({ start, body }) => `${start} ${body}`)
      const own = requests.filter((request) => request.connection === connection && request.message.complete)
      const meant = own.map(({ method, target, message }) => `${method} ${target} ${message.text}`)
      if (read.join('\n') !== meant.join('\n')) return `the second parser reads ${JSON.stringify(read)}, not ${JSON.stringify(meant)}`
    }
    return null
  }
}

function leave(client: Client, how: Ending): void {
  if (how === 'end') client.socket.end()
  else client.socket.resetAndDestroy()
}

/** The answer's content shows whose it is. */
function wrongAnswer({ status, message }: Answer, { target, method, answer }: ScenarioRequest): string | null {
  if (status !== 200) return [400, 408, 502, 503, 504].includes(status) ? null : `status ${status}`
  if (message.field('X-Target') !== target) return `the answer of ${message.field('X-Target')}`
  if (method === 'HEAD') return message.length === 0 ? null : 'content in an answer to HEAD'
  return isContentFor(target, message.text, answer) ? null : 'other content'
}
