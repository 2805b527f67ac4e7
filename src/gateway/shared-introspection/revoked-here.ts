/**
 * What was revoked through this gateway lately, as one thread sees it. The store of shared answers may not have heard of it, so what was
 * answered before is not believed.
 */
import { type DroppedTokens, digestOf } from '../dropped-tokens.ts'

/** Milliseconds by which the clock of the gateway that asked may be ahead. */
const mostSkew = 60_000
const maxEntries = 10_000

export class RevokedHere {
  readonly #dropped: DroppedTokens
  /** Milliseconds for which an answer counts, and so an entry. */
  readonly #keep: number
  #position: number
  /** Milliseconds since the epoch, by digest, the oldest first. */
  readonly #times: Map<string, number> = new Map()
  /** It was any, or one too many to remember. */
  #anyAt: number = Number.NEGATIVE_INFINITY

  constructor(dropped: DroppedTokens, keep: number) {
    this.#dropped = dropped
    this.#keep = keep
    this.#position = dropped.position
  }

  /** Whether what was said of a token at `answeredAt` is from after everything that was revoked. */
  believes(token: string, answeredAt: number, now: number): boolean {
    this.#look(now)
    if (answeredAt <= this.#anyAt + mostSkew) return false
    if (this.#times.size === 0) return true
    const revokedAt = this.#times.get(digestOf(token))
    return revokedAt === undefined || answeredAt > revokedAt + mostSkew
  }

  #look(now: number): void {
    for (const [digest, time] of this.#times) {
      if (time + this.#keep + mostSkew > now) break
      this.#times.delete(digest)
    }
    const { position } = this.#dropped
    if (position === this.#position) return
    const digests = this.#dropped.since(this.#position)
    this.#position = position
    if (digests === null || this.#times.size + digests.length > maxEntries) {
      this.#anyAt = now
      this.#times.clear()
      return
    }
    for (const digest of digests) {
      this.#times.delete(digest)
      this.#times.set(digest, now)
    }
  }
}
