/** Verified tokens by their exact text, bounded in number and in bytes: a flood of what is used once does not push out those in use. */
import { type CacheBounds, SieveCache } from '../sieve-cache.ts'
import type { VerifiedToken } from './verified-token.ts'

/** What an entry takes besides its text, roughly: map slot, links, token, consumer. */
const entryOverhead = 600

/** What claims take as objects for each character of their text, roughly. */
const claimsFactor = 4

/** What the names take under which a token could be revoked, roughly. */
const marksBytes = 500

export class TokenCache {
  hits: number = 0
  /** Counted by the caller: not every text that is looked for is a token. */
  misses: number = 0
  readonly #byText: SieveCache<string, VerifiedToken>
  /** Of the tokens that somebody may have dropped; empty where nobody may. */
  readonly #textOf: Map<string, string> = new Map()
  readonly #digestOf: Map<string, string> = new Map()

  constructor(bounds: CacheBounds) {
    this.#byText = new SieveCache(bounds, (text) => this.#removed(text))
  }

  get entries(): number {
    return this.#byText.entries
  }

  get bytes(): number {
    return this.#byText.bytes
  }

  /** Returns undefined for a token that is not there. One that has expired at `now` is returned, and forgotten. */
  find(text: string, now: number): VerifiedToken | undefined {
    const token = this.#byText.find(text)
    if (token === undefined) return undefined
    this.hits++
    if (token.expiresAt <= now) this.#byText.delete(text)
    return token
  }

  /** `claimsLength`: characters of the claims as JSON; `digest`: by which `drop` finds it. */
  add(text: string, token: VerifiedToken, claimsLength: number = text.length, digest: string | null = null): void {
    if (this.#byText.has(text)) return
    // A copy: the text is a slice of a whole request head, which it would keep alive.
    const own = Buffer.from(text, 'latin1').toString('latin1')
    this.#byText.set(own, token, sizeOf(own, token, claimsLength))
    if (digest === null || !this.#byText.has(own)) return
    this.#textOf.set(digest, own)
    this.#digestOf.set(own, digest)
  }

  /** Forgets every token for which that is true. */
  forget(matches: (token: VerifiedToken) => boolean): void {
    this.#byText.deleteWhere(matches)
  }

  /** Nothing happens where it is not there. */
  drop(digest: string): void {
    const text = this.#textOf.get(digest)
    if (text !== undefined) this.#byText.delete(text)
  }

  #removed(text: string): void {
    const digest = this.#digestOf.get(text)
    if (digest === undefined) return
    this.#digestOf.delete(text)
    this.#textOf.delete(digest)
  }
}

/** Bytes, roughly. */
function sizeOf(text: string, { claims, marks }: VerifiedToken, claimsLength: number): number {
  return text.length + (claims === null ? 0 : claimsLength * claimsFactor) + (marks === null ? 0 : marksBytes) + entryOverhead
}
