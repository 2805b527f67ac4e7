/**
 * The proofs that were used, for as long as they could be used again: a bounded table in memory that all threads share. A proof is a
 * keyed hash, of which some bits choose a set of 32 places and 48 are kept there beside the second in which it may be forgotten. Every
 * place is one word, written at once, so that no thread can leave it half written.
 */
import { createHmac, randomFillSync } from 'node:crypto'

const placesInSet = 32
const sets = 2 ** 15
const seedBytes = 64

/** Seconds are kept modulo this: an entry is looked at within minutes or is stale. */
const secondsCycle = 2 ** 16

export type Use = 'first' | 'again' | 'no-room'

export class UsedProofs {
  readonly #seed: Uint8Array
  readonly #places: BigInt64Array
  /** Seconds for which an entry counts at the most. */
  readonly #longest: number

  /** `buffer`: of `make`, perhaps of another thread. */
  constructor(buffer: SharedArrayBuffer, longestSeconds: number) {
    this.#seed = new Uint8Array(buffer, 0, seedBytes)
    this.#places = new BigInt64Array(buffer, seedBytes)
    this.#longest = longestSeconds
  }

  /** 8 MiB, taken as they are used: room for 300,000 proofs at the least, before some set is full. */
  static make(): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(seedBytes + sets * placesInSet * BigInt64Array.BYTES_PER_ELEMENT)
    randomFillSync(new Uint8Array(buffer, 0, seedBytes))
    return buffer
  }

  /**
   * Remembers a proof. Of two threads that bring the same one at once at most one is told `first`.
   * @param name what makes the proof unique.
   * @param until seconds since the epoch at which it may be forgotten, at most the longest from now.
   */
  use(name: string, until: number, now: number): Use {
    const digest = createHmac('sha256', this.#seed).update(name).digest()
    const start = (digest.readUInt16LE(0) % sets) * placesInSet
    const proof = digest.readUIntLE(2, 6)
    const word = BigInt.asIntN(64, (BigInt(proof) << 16n) | BigInt(until % secondsCycle))
    for (let attempt = 0; attempt < placesInSet; attempt++) {
      const free = this.#freePlace(start, proof, now)
      if (free === null) return 'again'
      if (free === undefined) return 'no-room'
      if (Atomics.compareExchange(this.#places, free.index, free.word, word) !== free.word) continue
      return this.#isAlone(start, proof, now) ? 'first' : 'again'
    }
    return 'no-room'
  }

  /** `null` where the proof is there; undefined where the set is full. */
  #freePlace(start: number, proof: number, now: number): { readonly index: number; readonly word: bigint } | null | undefined {
    let free: { readonly index: number; readonly word: bigint } | undefined
    for (let index = start; index < start + placesInSet; index++) {
      const word = Atomics.load(this.#places, index)
      if (!this.#counts(word, now)) free ??= { index, word }
      else if (proofIn(word) === proof) return null
    }
    return free
  }

  /** Two threads may have found different places free, when a second went by between them. */
  #isAlone(start: number, proof: number, now: number): boolean {
    let found = 0
    for (let index = start; index < start + placesInSet; index++) {
      const word = Atomics.load(this.#places, index)
      if (proofIn(word) === proof && this.#counts(word, now)) found++
    }
    return found === 1
  }

  #counts(word: bigint, now: number): boolean {
    const left = (Number(word & 0xffffn) - (now % secondsCycle) + secondsCycle) % secondsCycle
    return word !== 0n && left > 0 && left <= this.#longest
  }
}

function proofIn(word: bigint): number {
  return Number(BigInt.asUintN(48, word >> 16n))
}
