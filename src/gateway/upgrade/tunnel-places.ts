/**
 * How many tunnels there may be, counted in this thread: to one backend address, and of one consumer at one operation. Whoever asks the
 * backend for one counts already.
 */
import type { TunnelSlot } from '../capabilities/upgrade.ts'
import type { Exchange, Refusal } from '../exchange.ts'
import type { TunnelCounts } from './tunnel-counts.ts'

const backendFull: Refusal = { kind: 'no-capacity', fields: '', reason: 'tunnels-full' }
const consumerFull: Refusal = { kind: 'tunnel-quota', fields: '', reason: 'consumer-tunnels' }

/** Of all backend addresses, by their index in the plan. */
export class BackendPlaces {
  readonly #most: number
  readonly #taken: Int32Array

  constructor(backends: number, most: number) {
    this.#most = most
    this.#taken = new Int32Array(backends)
  }

  take(backend: number): boolean {
    if (this.#taken[backend]! >= this.#most) return false
    this.#taken[backend]!++
    return true
  }

  free(backend: number): void {
    this.#taken[backend]!--
  }
}

/** Of all consumers at one operation; those without a tunnel have no entry. */
export class ConsumerPlaces {
  readonly #most: number
  readonly #taken: Map<string, number> = new Map()

  /** `most`: 0 is no bound. */
  constructor(most: number) {
    this.#most = most
  }

  take(consumer: string): boolean {
    const taken = this.#taken.get(consumer) ?? 0
    if (this.#most > 0 && taken >= this.#most) return false
    this.#taken.set(consumer, taken + 1)
    return true
  }

  free(consumer: string): void {
    const left = this.#taken.get(consumer)! - 1
    if (left === 0) this.#taken.delete(consumer)
    else this.#taken.set(consumer, left)
  }
}

/** That of one request. */
export class TunnelPlace implements TunnelSlot {
  readonly #backends: BackendPlaces
  readonly #consumers: ConsumerPlaces
  readonly #counts: TunnelCounts
  /** -1 while it has none. */
  #backend: number = -1
  #consumer: string = ''

  constructor(backends: BackendPlaces, consumers: ConsumerPlaces, counts: TunnelCounts) {
    this.#backends = backends
    this.#consumers = consumers
    this.#counts = counts
  }

  take({ target, consumer }: Exchange): Refusal | undefined {
    const backend = target!.upstream.index
    if (!this.#consumers.take(consumer.key)) return this.#refuse(consumerFull)
    if (!this.#backends.take(backend)) {
      this.#consumers.free(consumer.key)
      return this.#refuse(backendFull)
    }
    this.#backend = backend
    this.#consumer = consumer.key
    return undefined
  }

  free(): void {
    if (this.#backend === -1) return
    this.#backends.free(this.#backend)
    this.#consumers.free(this.#consumer)
    this.#backend = -1
  }

  #refuse(refusal: Refusal): Refusal {
    this.#counts.refuse(refusal.reason)
    return refusal
  }
}
