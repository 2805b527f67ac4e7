/**
 * Tokens that were revoked through this gateway, for all threads at once: a ring in shared memory of the digests of the last few. Who
 * remembers answers of a key manager looks whether the ring has moved, and forgets what stands there; who comes too late for some of
 * them, or reads what is being written, forgets everything.
 */
import crypto from 'node:crypto'

/**
 * Who revokes what he makes up, which key managers grant, must not have everything forgotten: threads look four times a second at the least, and
 * some 8,000 revocations a second are more than key managers answer.
 */
const capacity = 2_048
/** 32-bit words: the number of the entry, and its SHA-256. */
const entryWords = 9

/** By which name it is shared. */
export const droppedTokensName = 'dropped-tokens'

export class DroppedTokens {
  /** How many there were, then the entries. */
  readonly #words: Int32Array

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer)
  }

  static make(): SharedArrayBuffer {
    return new SharedArrayBuffer((1 + capacity * entryWords) * Int32Array.BYTES_PER_ELEMENT)
  }

  /** Moves with everything that is added. */
  get position(): number {
    return Atomics.load(this.#words, 0)
  }

  add(token: string): void {
    const digest = Buffer.from(digestOf(token), 'base64')
    const before = Atomics.add(this.#words, 0, 1)
    const start = startOf(before)
    // Whoever reads it now reads an entry that is not whole.
    Atomics.store(this.#words, start, 0)
    for (let word = 0; word < 8; word++) Atomics.store(this.#words, start + 1 + word, digest.readInt32LE(word * 4))
    Atomics.store(this.#words, start, (before + 1) | 0)
  }

  /** One was revoked, and nobody knows which. */
  addUnknown(): void {
    Atomics.add(this.#words, 0, capacity + 1)
  }

  /** Digests of those that were added after that position; `null`: it may be any. */
  since(position: number): readonly string[] | null {
    const count = (this.position - position) | 0
    if (count < 0 || count > capacity) return null
    const digests: string[] = []
    const digest = Buffer.alloc(32)
    for (let offset = 0; offset < count; offset++) {
      const before = (position + offset) | 0
      const start = startOf(before)
      const number = (before + 1) | 0
      if (Atomics.load(this.#words, start) !== number) return null
      for (let word = 0; word < 8; word++) digest.writeInt32LE(Atomics.load(this.#words, start + 1 + word), word * 4)
      if (Atomics.load(this.#words, start) !== number) return null
      digests.push(digest.toString('base64'))
    }
    return digests
  }
}

/** Capacity divides 2³², so that the place is right also when the number has wrapped. */
function startOf(before: number): number {
  return 1 + ((before >>> 0) % capacity) * entryWords
}

/** SHA-256 in base64. */
export function digestOf(token: string): string {
  return crypto.createHash('sha256').update(token, 'latin1').digest('base64')
}
