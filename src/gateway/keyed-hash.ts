/** Keyed hashes for tables: nobody outside can find two texts that share an entry, or a bucket. */
import crypto from 'node:crypto'

export type HashWords = { readonly low: number; readonly high: number }

/** Words of a hash in a HashTable. */
export const hashWords = 3

/** SHA-256 over a secret seed and a text, or what is needed of it. It is never shown, so that a prefix is a good enough key. */
export class KeyedHash {
  readonly #seed: string

  /** `seed`: 32 bytes; where threads share the table, the same in all of them. */
  constructor(seed: Uint8Array) {
    this.#seed = Buffer.from(seed).toString('hex')
  }

  of(text: string): HashWords {
    const digest = this.#digest(text)
    return { low: wordIn(digest, 0), high: wordIn(digest, 1) }
  }

  /** For a HashTable: the first word is never 0. */
  words(text: string): Int32Array {
    const digest = this.#digest(text)
    const words = new Int32Array(hashWords)
    for (let word = 0; word < hashWords; word++) words[word] = wordIn(digest, word)
    words[0] ||= 1
    return words
  }

  /** The whole of it in base64url, for a Map. */
  text(text: string): string {
    return crypto.hash('sha256', this.#seed + text, 'base64url')
  }

  /** A character for each byte: making a Buffer of them costs as much as the hash. */
  #digest(text: string): string {
    return crypto.hash('sha256', this.#seed + text, 'binary')
  }
}

/** The first byte is the lowest: tables that are kept are of this order. */
function wordIn(bytes: string, word: number): number {
  const at = word * Int32Array.BYTES_PER_ELEMENT
  return bytes.charCodeAt(at) | (bytes.charCodeAt(at + 1) << 8) | (bytes.charCodeAt(at + 2) << 16) | (bytes.charCodeAt(at + 3) << 24)
}
