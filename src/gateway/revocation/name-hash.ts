/** Keyed hashes of what can be revoked: nobody outside can find two names that share one, whatever names an issuer lets him choose. */
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import { hashWords, KeyedHash } from '../keyed-hash.ts'

/** What a name is the name of. */
export type Named = RevokedPlan['kind'] | 'issued-token' | 'issuer'

export class NameHash {
  readonly #hash: KeyedHash

  /** `seed`: as of KeyedHash. */
  constructor(seed: Uint8Array) {
    this.#hash = new KeyedHash(seed)
  }

  /** The first word is never 0. */
  of(kind: Named, name: string): Int32Array {
    return this.#hash.words(`${kind}:${name}`)
  }
}

/** The hash of a name that counts for one issuer only. */
export function ofIssuer(name: Int32Array, issuer: Int32Array): Int32Array {
  const words = new Int32Array(hashWords)
  for (let word = 0; word < hashWords; word++) words[word] = name[word]! ^ issuer[word]!
  words[0] ||= 1
  return words
}
