/** Keyed hashes for tables in shared memory: nobody outside can find two texts that share an entry, or a bucket. */
import crypto from 'node:crypto'

export type HashWords = { readonly low: number; readonly high: number }

/** Two words of SHA-256 over a secret seed and a text. The hash is never shown, so that a prefix is a good enough key. */
export class KeyedHash {
  readonly #seed: string

  constructor(seed: Uint8Array) {
    this.#seed = Buffer.from(seed).toString('hex')
  }

  of(text: string): HashWords {
    const digest = crypto.hash('sha256', this.#seed + text, 'buffer')
    return { low: digest.readInt32LE(0), high: digest.readInt32LE(4) }
  }
}
