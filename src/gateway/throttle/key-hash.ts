/** What counters are called in the table: hashes of whom they count, each kind of text with a word of its own in front. */
import type { Consumer } from '../consumer.ts'
import { type HashWords, KeyedHash } from '../keyed-hash.ts'

export class KeyHash {
  readonly #hash: KeyedHash

  constructor(seed: Uint8Array) {
    this.#hash = new KeyedHash(seed)
  }

  /** Fills in the consumer's hash; once for each Consumer object. */
  fill(consumer: Consumer): void {
    const { low, high } = this.#hash.of(`consumer:${consumer.key}`)
    consumer.hashLow = low
    consumer.hashHigh = high
    consumer.hashed = true
  }

  /** What is mixed into a consumer's hash for one counter: a different counter, a different key. */
  salt(counter: string): HashWords {
    return this.#hash.of(`counter:${counter}`)
  }

  /** The hash of a key of its own, which is different from all consumers'. */
  custom(text: string): HashWords {
    return this.#hash.of(`custom:${text}`)
  }

  /** What is mixed in where each API counts by itself. */
  apiSalt(api: string): HashWords {
    return this.#hash.of(`api:${api}`)
  }
}
