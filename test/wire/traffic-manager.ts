/**
 * A small Traffic Manager: it takes events over HTTP, counts them by the keys and tiers that they name, and says on a topic of a real broker what
 * is used up, as WSO2's does. Policies are its own.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jmsMap } from './jms-map.ts'
import type { Rabbit } from './rabbitmq.ts'

export type EventPayload = Readonly<Record<string, string>>

export const topic = 'throttleData'

/** Key, tier, and what its policies append to the key. */
const levels = [
  ['apiKey', 'apiTier', '_default'],
  ['resourceKey', 'resourceTier', '_default'],
  ['subscriptionKey', 'subscriptionTier', ''],
  ['appKey', 'appTier', ''],
] as const

export class StandInManager {
  readonly events: EventPayload[] = []
  readonly authorizations: Set<string> = new Set()
  readonly batches: number[] = []
  templates: readonly string[] = []
  blocks: Readonly<Record<string, readonly unknown[]>> = {}
  /** What it answers to events instead; 0: it takes them. */
  failing: number = 0
  readonly #server: Server
  readonly #rabbit: Rabbit
  /** Requests in an hour, by tier. */
  readonly #policies: Readonly<Record<string, number>>
  readonly #counts: Map<string, number> = new Map()

  private constructor(server: Server, rabbit: Rabbit, policies: Readonly<Record<string, number>>) {
    this.#server = server
    this.#rabbit = rabbit
    this.#policies = policies
    server.on('request', async (request, response) => {
      this.authorizations.add(request.headers.authorization ?? '')
      const { status, body } = await this.#answer(request)
      response.writeHead(status).end(body)
    })
  }

  static async start(rabbit: Rabbit, policies: Readonly<Record<string, number>>): Promise<StandInManager> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new StandInManager(server, rabbit, policies)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** As its policies do: a key is throttled until its hour is over. */
  async throttle(key: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.say({ throttleKey: key, isThrottled: true, expiryTimeStamp: Date.now() + 3_600_000, ...more })
  }

  async release(key: string): Promise<void> {
    await this.say({ throttleKey: key, isThrottled: false, expiryTimeStamp: Date.now() })
  }

  async block(condition: string, value: string, state: boolean, more: Readonly<Record<string, string | number>> = {}): Promise<void> {
    await this.say({ blockingCondition: condition, conditionValue: value, state: String(state), tenantDomain: 'carbon.super', ...more })
  }

  /** In the form of version 4. */
  async say(payloadData: Readonly<Record<string, string | number | boolean>>): Promise<void> {
    await this.#rabbit.publish(topic, JSON.stringify({ event: { payloadData } }))
  }

  async end(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage): Promise<{ readonly status: number; readonly body: string }> {
    const text = await new Response(request as unknown as ReadableStream).text()
    switch (`${request.method} ${request.url}`) {
      case 'GET /data/keyTemplates':
        return { status: 200, body: JSON.stringify(this.templates) }
      case 'GET /data/block':
        return { status: 200, body: JSON.stringify(this.blocks) }
      case 'POST /endpoints/throttleEventReceiver':
        if (this.failing > 0) return { status: this.failing, body: '' }
        await this.#take(JSON.parse(text))
        return { status: 200, body: '' }
      default:
        return { status: 404, body: '' }
    }
  }

  async #take(body: unknown): Promise<void> {
    const list = (Array.isArray(body) ? body : [body]) as readonly { readonly event: { readonly payloadData: EventPayload } }[]
    this.batches.push(list.length)
    for (const { event } of list) {
      this.events.push(event.payloadData)
      for (const [keyName, tierName, suffix] of levels) {
        const key = event.payloadData[keyName]! + suffix
        const limit = this.#policies[event.payloadData[tierName]!]
        const count = (this.#counts.get(key) ?? 0) + 1
        this.#counts.set(key, count)
        if (count === limit) await this.#tell(key)
      }
    }
  }

  /** In the form of version 3. */
  async #tell(key: string): Promise<void> {
    const fields = { throttleKey: key, isThrottled: true, expiryTimeStamp: BigInt(Date.now() + 3_600_000) }
    await this.#rabbit.publish(topic, jmsMap(fields), { contentType: 'jms/map-message' })
  }
}
