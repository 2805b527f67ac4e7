/** Keyed hashes for the counter table: nobody outside can find two callers that share a counter, or a set of the table. */
import crypto from 'node:crypto'
import type { Consumer } from '../consumer.ts'

/** Two words of SHA-256 over a secret seed and a text. The hash is never shown, so that a prefix is a good enough key. */
export class KeyHash {
  readonly #seed: string

  constructor(seed: Uint8Array) {
    this.#seed = Buffer.from(seed).toString('hex')
  }

  /** Fills in the consumer's hash; once for each Consumer object. */
  fill(consumer: Consumer): void {
    const digest = this.#digest('consumer', consumer.key)
    consumer.hashLow = digest.readInt32LE(0)
    consumer.hashHigh = digest.readInt32LE(4)
    consumer.hashed = true
  }

  /** What is mixed into a consumer's hash for one counter: a different counter, a different key. */
  salt(counter: string): { readonly low: number; readonly high: number } {
    const digest = this.#digest('counter', counter)
    return { low: digest.readInt32LE(0), high: digest.readInt32LE(4) }
  }

  /** The hash of a key of its own, which is different from all consumers'. */
  custom(text: string): { readonly low: number; readonly high: number } {
    const digest = this.#digest('custom', text)
    return { low: digest.readInt32LE(0), high: digest.readInt32LE(4) }
  }

  /** What is mixed in where each API counts by itself. */
  apiSalt(api: string): { readonly low: number; readonly high: number } {
    const digest = this.#digest('api', api)
    return { low: digest.readInt32LE(0), high: digest.readInt32LE(4) }
  }

  #digest(domain: string, text: string): Buffer {
    return crypto.hash('sha256', `${this.#seed}${domain}:${text}`, 'buffer')
  }
}
