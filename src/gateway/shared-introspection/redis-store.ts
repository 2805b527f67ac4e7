/**
 * A Redis in which gateways leave texts for each other. It makes things cheaper and is never needed: whatever is the matter with it, a
 * command comes back soon, without an answer.
 */
import { CircuitBreaker } from '../calls/circuit-breaker.ts'
import type { Clock } from '../clock.ts'
import type { RedisAddress } from '../redis/redis-address.ts'
import { type RedisClient, redisClient, within, wordFor } from '../redis/redis-client.ts'

export type StoreParts = {
  readonly address: RedisAddress
  /** PEM certificates; empty for those that Node trusts. */
  readonly authorities: readonly string[]
  /** Milliseconds for a command. */
  readonly timeout: number
  readonly clock: Clock
  readonly counts: { connected: number }
  /** Takes what an operator should know. */
  readonly tell: (problem: string) => void
}

/** Why there was no reply. */
export type StoreFailure = 'away' | 'late' | 'failed'

/** `value` is `null` where nothing has the name. */
export type StoreReply = { readonly value: unknown } | StoreFailure

/** Characters of a text; what is longer nobody here has written. */
const longestText = 64 * 1024
/** Milliseconds for which a start waits until there is a connection. */
const startTime = 1_000
const breakerBounds = { failures: 5, rest: 5_000 }

const inWords: Readonly<Record<StoreFailure, string>> = {
  away: 'connections are lost',
  late: 'it does not answer in time',
  failed: 'it refuses commands',
}

export class RedisStore {
  readonly #parts: StoreParts
  readonly #client: RedisClient
  readonly #breaker: CircuitBreaker
  #connected: boolean = false
  /** The operator knows that it is away. */
  #told: boolean = false

  private constructor(parts: StoreParts) {
    this.#parts = parts
    this.#breaker = new CircuitBreaker(breakerBounds, parts.clock)
    this.#client = redisClient(parts.address, parts.authorities, pause)
    this.#client.on('ready', () => this.#isThere())
    this.#client.on('error', (error) => this.#isAway(error))
  }

  /** Connects, now or later: it goes on trying. */
  static async open(parts: StoreParts): Promise<RedisStore> {
    const store = new RedisStore(parts)
    await within(
      startTime,
      store.#client.connect().catch(() => {}),
    )
    return store
  }

  read(name: string): Promise<StoreReply> {
    return this.#run(['GETRANGE', name, '0', String(longestText - 1)])
  }

  /** Where nothing has the name yet. `time`: milliseconds until it goes. */
  add(name: string, text: string, time: number): Promise<StoreReply> {
    return this.#run(['SET', name, text, 'PX', String(time), 'NX'])
  }

  /** In the place of what has the name. */
  put(name: string, text: string, time: number): Promise<StoreReply> {
    return this.#run(['SET', name, text, 'PX', String(time)])
  }

  remove(name: string): Promise<StoreReply> {
    return this.#run(['DEL', name])
  }

  close(): void {
    if (this.#client.isOpen) this.#client.destroy()
  }

  /** Never rejects. */
  async #run(command: readonly string[]): Promise<StoreReply> {
    if (!this.#client.isReady || !this.#breaker.allows()) return 'away'
    const reply = await within(
      this.#parts.timeout,
      this.#client.sendCommand(command).then(
        (value: unknown): StoreReply => ({ value: value === '' ? null : value }),
        (): StoreReply => (this.#client.isReady ? 'failed' : 'away'),
      ),
    )
    if (typeof reply === 'object') this.#breaker.succeeded()
    else this.#failed(reply ?? 'late')
    return reply ?? 'late'
  }

  #failed(why: StoreFailure): void {
    const wasOpen = this.#breaker.open
    this.#breaker.failed()
    if (!wasOpen && this.#breaker.open) this.#parts.tell(`Redis is not asked for a while: ${inWords[why]}`)
  }

  #isThere(): void {
    this.#told = false
    if (!this.#connected) this.#parts.counts.connected++
    this.#connected = true
  }

  #isAway(error: unknown): void {
    // A command of the client's own was refused.
    if (this.#client.isReady) return
    if (this.#connected) this.#parts.counts.connected--
    this.#connected = false
    if (!this.#told) this.#parts.tell(`no connection to Redis: ${wordFor(error)}`)
    this.#told = true
  }
}

/** Milliseconds before the next try; not the same for all gateways that lost it at the same time. */
function pause(tries: number): number {
  return Math.min(100 * 2 ** Math.min(tries, 6), 5_000) * (0.5 + Math.random() / 2)
}
