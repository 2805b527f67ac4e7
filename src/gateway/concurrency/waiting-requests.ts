/**
 * Requests that wait for their places, in the order in which they came. Places are given back in all threads, and another thread's say
 * nothing here: so they are also looked for a hundred times a second while somebody waits.
 */
import type { Clock } from '../clock.ts'
import type { Exchange, Refusal } from '../exchange.ts'
import type { OperationPlaces } from './operation-places.ts'

const lookEvery = 10
/** The client of a request is gone: what comes after its wait must take and count nothing for it. */
export const gone: Refusal = { kind: 'internal-error', fields: '', reason: 'client-gone' }

/** The part of those that may wait which one consumer may take up: the others are for others. */
const consumerPart = 16

/** Requests that are looked at when places are given back, as that is in the way of another request. */
const mostLooks = 64

type Waiting = {
  readonly exchange: Exchange
  /** Key of whom it is. */
  readonly consumer: string
  readonly places: OperationPlaces
  readonly until: number
  readonly resolve: (refusal: Refusal | undefined) => void
}

export class WaitingRequests {
  readonly #clock: Clock
  readonly #most: number
  readonly #refusal: (exchange: Exchange, kind: 'busy' | 'consumer-busy') => Refusal
  #waiting: Waiting[] = []
  /** How many of them are of which consumer. */
  readonly #ofConsumer: Map<string, number> = new Map()
  #timer: NodeJS.Timeout | null = null
  #serving: boolean = false

  /** `most`: more do not wait, and are refused at once. */
  constructor(clock: Clock, most: number, refusal: (exchange: Exchange, kind: 'busy' | 'consumer-busy') => Refusal) {
    this.#clock = clock
    this.#most = most
    this.#refusal = refusal
  }

  hasRoomFor({ consumer }: Exchange): boolean {
    const own = this.#ofConsumer.get(consumer.key) ?? 0
    return this.#waiting.length < this.#most && own < Math.ceil(this.#most / consumerPart)
  }

  /** `milliseconds`: how long at the most. */
  add(exchange: Exchange, places: OperationPlaces, milliseconds: number): Promise<Refusal | undefined> {
    const consumer = exchange.consumer.key
    this.#count(consumer, 1)
    return new Promise((resolve) => {
      this.#waiting.push({ exchange, consumer, places, until: this.#clock.monotonic() + milliseconds, resolve })
      this.#timer ??= setInterval(() => this.#serve(this.#waiting.length), lookEvery)
    })
  }

  /** A request of this thread has given its places back. */
  serve(): void {
    this.#serve(mostLooks)
  }

  /** Looks at the first ones only; they are those that have waited longest. */
  #serve(looks: number): void {
    if (this.#waiting.length === 0 || this.#serving) return
    this.#serving = true
    const now = this.#clock.monotonic()
    this.#waiting = this.#waiting.filter((waiting, index) => {
      if (index >= looks || !this.#served(waiting, now)) return true
      this.#count(waiting.consumer, -1)
      return false
    })
    this.#serving = false
    if (this.#waiting.length > 0 || this.#timer === null) return
    clearInterval(this.#timer)
    this.#timer = null
  }

  #count(consumer: string, change: 1 | -1): void {
    const count = (this.#ofConsumer.get(consumer) ?? 0) + change
    if (count === 0) this.#ofConsumer.delete(consumer)
    else this.#ofConsumer.set(consumer, count)
  }

  #served({ exchange, places, until, resolve }: Waiting, now: number): boolean {
    // Nobody would give the places back.
    if (exchange.ended) {
      resolve(gone)
      return true
    }
    const taken = places.take(exchange)
    if (typeof taken === 'object') {
      exchange.places = taken
      resolve(undefined)
      return true
    }
    if (now < until) return false
    resolve(this.#refusal(exchange, taken))
    return true
  }
}
