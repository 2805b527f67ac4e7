/**
 * Tokens of which the key manager has said that they are not good, for a short time: who sends one again and again must not have it asked
 * each time. By digest, so that an entry has one size whatever a stranger sends.
 */
import type { AuthFailureReason } from '../auth/auth-refusals.ts'
import { digestOf } from '../dropped-tokens.ts'

type Refused = { readonly reason: AuthFailureReason; readonly until: number }

const maxEntries = 10_000

export class RefusedTokens {
  /** In the order in which they came, which is that in which they end. */
  readonly #byDigest: Map<string, Refused> = new Map()
  /** Milliseconds. */
  readonly #keep: number

  constructor(keep: number) {
    this.#keep = keep
  }

  find(text: string, now: number): AuthFailureReason | undefined {
    if (this.#byDigest.size === 0) return undefined
    const digest = digestOf(text)
    const refused = this.#byDigest.get(digest)
    if (refused === undefined) return undefined
    if (refused.until > now) return refused.reason
    this.#byDigest.delete(digest)
    return undefined
  }

  add(text: string, reason: AuthFailureReason, now: number): void {
    const digest = digestOf(text)
    this.#byDigest.delete(digest)
    this.#forget(now)
    this.#byDigest.set(digest, { reason, until: now + this.#keep })
  }

  #forget(now: number): void {
    for (const [digest, { until }] of this.#byDigest) {
      if (until > now && this.#byDigest.size < maxEntries) return
      this.#byDigest.delete(digest)
    }
  }
}
