/**
 * Verified tokens by their exact text, bounded in number and in bytes. When it is full, the SIEVE rule decides which goes (Zhang et
 * al., NSDI 2024): a hand walks from the oldest to the newest, spares once what was used since it last passed, and a look-up moves
 * nothing. A flood of tokens that are used once does not push out those in use.
 */
import type { VerifiedToken } from './verified-token.ts'

/** What an entry takes besides its text, roughly: map slot, links, token, consumer. */
const entryOverhead = 600

/** What claims take as objects for each character of their text, roughly. */
const claimsFactor = 4

/** What the names take under which a token could be revoked, roughly. */
const marksBytes = 500

export type CacheBounds = { readonly entries: number; readonly bytes: number }

class Entry {
  readonly text: string
  readonly token: VerifiedToken
  /** `null` where nobody may have it dropped. */
  readonly digest: string | null
  /** Bytes, roughly. */
  readonly size: number
  newer: Entry | null = null
  older: Entry | null = null

  constructor(text: string, token: VerifiedToken, claimsLength: number, digest: string | null) {
    this.text = text
    this.token = token
    this.digest = digest
    const marks = token.marks === null ? 0 : marksBytes
    this.size = text.length + (token.claims === null ? 0 : claimsLength * claimsFactor) + marks + entryOverhead
  }
}

export class TokenCache {
  hits: number = 0
  /** Counted by the caller: not every text that is looked for is a token. */
  misses: number = 0
  readonly #bounds: CacheBounds
  readonly #byText: Map<string, Entry> = new Map()
  readonly #byDigest: Map<string, Entry> = new Map()
  #bytes: number = 0
  #newest: Entry | null = null
  #oldest: Entry | null = null
  #hand: Entry | null = null

  constructor(bounds: CacheBounds) {
    this.#bounds = bounds
  }

  get entries(): number {
    return this.#byText.size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Returns undefined for a token that is not there. One that has expired at `now` is returned, and forgotten. */
  find(text: string, now: number): VerifiedToken | undefined {
    const entry = this.#byText.get(text)
    if (entry === undefined) return undefined
    this.hits++
    const token = entry.token
    token.recentlyUsed = true
    if (token.expiresAt <= now) this.#remove(entry)
    return token
  }

  /** `claimsLength`: characters of the claims as JSON; `digest`: by which `drop` finds it. */
  add(text: string, token: VerifiedToken, claimsLength: number = text.length, digest: string | null = null): void {
    if (this.#byText.has(text)) return
    // A copy: the text is a slice of a whole request head, which it would keep alive.
    const entry = new Entry(Buffer.from(text, 'latin1').toString('latin1'), token, claimsLength, digest)
    while (this.#isFullFor(entry)) {
      if (!this.#evict()) return
    }
    this.#byText.set(entry.text, entry)
    if (digest !== null) this.#byDigest.set(digest, entry)
    this.#bytes += entry.size
    entry.older = this.#newest
    if (this.#newest !== null) this.#newest.newer = entry
    this.#newest = entry
    this.#oldest ??= entry
  }

  /** Forgets every token for which that is true. */
  forget(matches: (token: VerifiedToken) => boolean): void {
    for (let entry = this.#oldest; entry !== null; entry = entry.newer) {
      if (matches(entry.token)) this.#remove(entry)
    }
  }

  /** Nothing happens where it is not there. */
  drop(digest: string): void {
    const entry = this.#byDigest.get(digest)
    if (entry !== undefined) this.#remove(entry)
  }

  #isFullFor(entry: Entry): boolean {
    return this.#byText.size >= this.#bounds.entries || this.#bytes + entry.size > this.#bounds.bytes
  }

  /** Returns false when there is nothing to forget. */
  #evict(): boolean {
    let candidate = this.#hand ?? this.#oldest
    while (candidate?.token.recentlyUsed) {
      candidate.token.recentlyUsed = false
      candidate = candidate.newer ?? this.#oldest
    }
    if (candidate === null) return false
    this.#hand = candidate
    this.#remove(candidate)
    return true
  }

  #remove(entry: Entry): void {
    if (this.#hand === entry) this.#hand = entry.newer
    if (entry.newer === null) this.#newest = entry.older
    else entry.newer.older = entry.older
    if (entry.older === null) this.#oldest = entry.newer
    else entry.older.newer = entry.newer
    this.#byText.delete(entry.text)
    if (entry.digest !== null) this.#byDigest.delete(entry.digest)
    this.#bytes -= entry.size
  }
}
