/** The places of one operation's requests: of its API, of the backend that is asked, and of the caller. A request has all of them, or none. */
import type { ConcurrencyPlan } from '../../contract/plan/concurrency.ts'
import type { Consumer } from '../consumer.ts'
import type { Exchange } from '../exchange.ts'
import { type HashWords, KeyedHash } from '../keyed-hash.ts'
import type { PlaceTable } from './place-table.ts'

/** What a request has while it is in flight. */
export type Places = { readonly free: () => void }

/** Hashes of keys for the table; those of consumers are remembered as long as these are. */
export class PlaceKeys {
  readonly #hash: KeyedHash
  readonly #consumers: WeakMap<Consumer, HashWords> = new WeakMap()

  constructor(seed: Uint8Array) {
    this.#hash = new KeyedHash(seed)
  }

  of(text: string): HashWords {
    return this.#hash.of(text)
  }

  ofConsumer(consumer: Consumer): HashWords {
    const known = this.#consumers.get(consumer)
    if (known !== undefined) return known
    const key = this.of(`consumer:${consumer.key}`)
    this.#consumers.set(consumer, key)
    return key
  }
}

export class OperationPlaces {
  readonly #plan: ConcurrencyPlan
  readonly #table: PlaceTable
  readonly #keys: PlaceKeys
  readonly #api: HashWords
  readonly #production: HashWords
  readonly #sandbox: HashWords
  /** What is mixed with a consumer's hash: each API counts by itself. */
  readonly #salt: HashWords
  readonly #freed: () => void

  /** `api`: its index in the plan; `freed` is told when a request has given its places back. */
  constructor(plan: ConcurrencyPlan, api: number, table: PlaceTable, keys: PlaceKeys, freed: () => void) {
    this.#plan = plan
    this.#table = table
    this.#keys = keys
    this.#freed = freed
    this.#api = keys.of(`api:${api}`)
    this.#production = keys.of(`production:${api}`)
    this.#sandbox = keys.of(`sandbox:${api}`)
    this.#salt = keys.of(`consumers:${api}`)
  }

  take(exchange: Exchange): Places | 'busy' | 'consumer-busy' {
    const toSandbox = exchange.target !== null && exchange.target === exchange.operation?.sandbox
    const { api, consumer, production, sandbox } = this.#plan
    const caller = this.#take(consumer, consumer === 0 ? this.#api : this.#callerKey(exchange))
    if (caller === -1) return 'consumer-busy'
    const whole = this.#take(api, this.#api)
    const backend = whole === -1 ? -1 : toSandbox ? this.#take(sandbox, this.#sandbox) : this.#take(production, this.#production)
    if (backend !== -1) return { free: () => this.#free(caller, whole, backend) }
    this.#give(caller)
    this.#give(whole)
    return 'busy'
  }

  #callerKey({ consumer }: Exchange): HashWords {
    const { low, high } = this.#keys.ofConsumer(consumer)
    return { low: low ^ this.#salt.low, high: high ^ this.#salt.high }
  }

  /** -2 where nothing bounds it. */
  #take(most: number, { low, high }: HashWords): number {
    return most === 0 ? -2 : this.#table.take(low, high, most)
  }

  #give(entry: number): void {
    if (entry >= 0) this.#table.free(entry)
  }

  #free(...entries: readonly number[]): void {
    for (const entry of entries) this.#give(entry)
    this.#freed()
  }
}
