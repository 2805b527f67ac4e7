/** Keyed hashes of what can be revoked: nobody outside can find two names that share one, whatever names an issuer lets him choose. */
import crypto from 'node:crypto'
import type { RevokedPlan } from '../../contract/plan/revocation.ts'

/** What a name is the name of. */
export type Named = RevokedPlan['kind'] | 'issued-token' | 'issuer'

/** Words of a hash. */
export const hashWords = 3

export class NameHash {
  readonly #seed: string

  /** `seed`: 32 bytes, the same in all threads. */
  constructor(seed: Uint8Array) {
    this.#seed = Buffer.from(seed).toString('hex')
  }

  /** The first word is never 0. */
  of(kind: Named, name: string): Int32Array {
    const digest = crypto.hash('sha256', `${this.#seed}${kind}:${name}`, 'buffer')
    const words = new Int32Array(hashWords)
    for (let word = 0; word < hashWords; word++) words[word] = digest.readInt32LE(word * Int32Array.BYTES_PER_ELEMENT)
    words[0] ||= 1
    return words
  }
}

/** The hash of a name that counts for one issuer only. */
export function ofIssuer(name: Int32Array, issuer: Int32Array): Int32Array {
  const words = name.map((word, index) => word ^ issuer[index]!)
  words[0] ||= 1
  return words
}
