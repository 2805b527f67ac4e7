/** Which keys a Traffic Manager has throttled, and until when: hashes in memory that all threads share. One thread writes. */
import { HashTable } from '../hash-table/hash-table.ts'
import type { ChangeEntry } from '../hash-table/shard-writer.ts'
import { KeyedHash } from '../keyed-hash.ts'

/** Values are quarters of a second from this time on (2025), so that their 31 bits last for 17 years. */
const origin = Date.UTC(2025, 0, 1)
const unit = 250
const latest = 0x7fffffff

export class Decisions {
  readonly #hash: KeyedHash
  readonly #table: HashTable

  /** `seed`: the same in all threads. `buffer`: of `HashTable.make`. */
  constructor(seed: Uint8Array, buffer: SharedArrayBuffer) {
    this.#hash = new KeyedHash(seed)
    this.#table = new HashTable(buffer)
  }

  get size(): number {
    return this.#table.entries
  }

  /** Words of a key's hash; the first is never 0. */
  hash(key: string): Int32Array {
    return this.#hash.words(key)
  }

  /** A short name of a text. */
  idOf(text: string): string {
    return this.#hash.text(`id:${text}`).slice(0, 16)
  }

  /** Milliseconds since the epoch until which it is throttled, up to a quarter of a second later; 0 where it is not. */
  until(words: Int32Array): number {
    const value = this.#table.find(words[0]!, words[1]!, words[2]!)
    return value === 0 ? 0 : origin + value * unit
  }

  /** Returns false where there is no room. `until`: milliseconds since the epoch; 0 takes it away. */
  set(key: string, until: number): boolean {
    const words = this.hash(key)
    const value = until <= origin ? 0 : Math.min(latest, Math.ceil((until - origin) / unit))
    return this.#table.write(words[0]!, words[1]!, words[2]!, (entry) => {
      entry.tags = value === 0 ? 0 : 1
      entry.value = value
    })
  }

  /** After another writer, which is gone. */
  takeOver(): void {
    this.#table.repair()
  }

  /** Forgets what has ended, in slices between which requests have their turn. */
  async sweep(now: () => number): Promise<void> {
    const change: ChangeEntry = (entry) => {
      if (origin + entry.value * unit <= now()) entry.value = 0
    }
    for (let at = this.#table.walk(0, change); at !== -1; at = this.#table.walk(at, change))
      await new Promise((resolve) => setImmediate(resolve))
  }
}
