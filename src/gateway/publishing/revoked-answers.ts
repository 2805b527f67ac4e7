/**
 * What bars opaque tokens that were revoked through this gateway, where other gateways remember what the key manager said of them. Nobody here
 * knows whether such a token was ever good: key managers grant the revocation of whatever they are given (RFC 7009 §2.2). So there are only so
 * many entries at a time, and none lives longer than somebody may remember an answer.
 */
import crypto from 'node:crypto'
import type { IssuerPlan, RevokedPlan } from '../../contract/plan.ts'

/** Seconds by which another gateway may have asked later, or its clock be behind. */
const margin = 60

/** Entries that have not ended: half of what may wait for a feed (PublishQueue), so that there is room for JWTs, which nobody can make up. */
const mostLive = 5_000

export class RevokedAnswers {
  /** When each entry ends, in seconds since the epoch, in the order in which they were made. */
  #ends: number[] = []

  /**
   * By its digest: its text is not told to anybody.
   * @param now milliseconds since the epoch.
   * @returns `null` for a JWT that says itself whose it is: it was not this issuer's, or it is barred already. `full` where there are too many.
   */
  entryFor(token: string, { introspection, keys, fetchedKeys }: IssuerPlan, now: number): RevokedPlan | null | 'full' {
    if (introspection === null) return null
    const isAsked = keys.length === 0 && fetchedKeys === null
    if (!isAsked && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return null
    if (this.#ends.length >= mostLive) this.#ends = this.#ends.filter((end) => end > now / 1000)
    if (this.#ends.length >= mostLive) return 'full'
    const expires = Math.ceil((now + introspection.cache.keep) / 1000) + margin
    this.#ends.push(expires)
    return { kind: 'digest', name: crypto.hash('sha256', token, 'base64url'), issuer: null, before: null, expires }
  }
}
