/**
 * What bars opaque tokens that were revoked through this gateway, where other gateways remember what the key manager said of them. Nobody here
 * knows whether such a token was ever good: key managers grant the revocation of whatever they are given (RFC 7009 §2.2). So there are only so
 * many entries at a time, until every table has forgotten them, and none lives longer than somebody may remember an answer.
 */
import crypto from 'node:crypto'
import type { IssuerPlan } from '../../contract/plan/issuer.ts'
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import { shareOf } from '../serving-thread.ts'

/** Seconds by which another gateway may have asked later, or its clock be behind. */
const margin = 60

/** Seconds after their end for which tables have entries, at the longest, until they are forgotten. */
const remembered = 720

/** Of what gateways have room for, what one gateway takes: a fleet of many must not fill it for somebody who revokes what he makes up. */
const share = 1 / 64

export class RevokedAnswers {
  readonly #most: number
  /** When each entry is forgotten, in seconds since the epoch. */
  #ends: number[] = []

  /** `capacity`: entries that gateways have room for. */
  constructor(capacity: number, thread: Parameters<typeof shareOf>[1]) {
    this.#most = Math.max(1, shareOf(Math.floor(capacity * share), thread))
  }

  /**
   * By its digest: its text is not told to anybody.
   * @param now milliseconds since the epoch.
   * @returns `null` for a JWT that says itself whose it is: it was not this issuer's, or it is barred already. `full` where there are too many.
   */
  entryFor(token: string, { introspection, keys, fetchedKeys }: IssuerPlan, now: number): RevokedPlan | null | 'full' {
    if (introspection === null) return null
    const isAsked = keys.length === 0 && fetchedKeys === null
    if (!isAsked && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return null
    if (this.#ends.length >= this.#most) this.#ends = this.#ends.filter((end) => end > now / 1000)
    if (this.#ends.length >= this.#most) return 'full'
    const expires = Math.ceil((now + introspection.cache.keep) / 1000) + margin
    this.#ends.push(expires + remembered)
    return { kind: 'digest', name: crypto.hash('sha256', token, 'base64url'), issuer: null, before: null, expires }
  }
}
