/** The claims that decide whether a token is good (RFC 7519 §4.1), for a token whose signature has been verified. */

import { type JsonObject, ownMember } from '../json-object.ts'
import type { AuthFailureReason } from './auth-refusals.ts'

export type ClaimRules = {
  readonly audiences: ReadonlySet<string> | 'any'
  /** Milliseconds. */
  readonly clockSkew: number
}

/** Returns the time, in milliseconds since the epoch, from which the token is refused; or why it is refused now. */
export function checkClaims(claims: JsonObject, rules: ClaimRules, now: number): number | AuthFailureReason {
  const expiry = ownMember(claims, 'exp')
  if (!isTime(expiry)) return 'claims'
  const expiresAt = expiry * 1_000 + rules.clockSkew
  if (expiresAt <= now) return 'expired'
  return checkOthers(claims, rules, now) ?? expiresAt
}

/** The same for a token of which nobody says when it expires. */
export function checkUnending(claims: JsonObject, rules: ClaimRules, now: number): number | AuthFailureReason {
  return checkOthers(claims, rules, now) ?? Number.POSITIVE_INFINITY
}

function checkOthers(claims: JsonObject, rules: ClaimRules, now: number): AuthFailureReason | undefined {
  return checkStart(claims, now + rules.clockSkew) ?? checkTexts(claims) ?? checkAudience(claims, rules.audiences)
}

function checkStart(claims: JsonObject, latest: number): AuthFailureReason | undefined {
  for (const name of ['nbf', 'iat']) {
    const time = ownMember(claims, name)
    if (time === undefined) continue
    if (!isTime(time)) return 'claims'
    if (time * 1_000 > latest) return 'not-yet-valid'
  }
  return undefined
}

/** A `jti` or `sub` that is not text could be matched with no revocation. */
function checkTexts(claims: JsonObject): AuthFailureReason | undefined {
  for (const name of ['jti', 'sub']) {
    const text = ownMember(claims, name)
    if (text !== undefined && typeof text !== 'string') return 'claims'
  }
  return undefined
}

function checkAudience(claims: JsonObject, accepted: ReadonlySet<string> | 'any'): AuthFailureReason | undefined {
  if (accepted === 'any') return undefined
  const audience = ownMember(claims, 'aud')
  const audiences: readonly unknown[] = Array.isArray(audience) ? audience : [audience]
  if (!audiences.every((name) => typeof name === 'string')) return 'claims'
  return audiences.some((name) => accepted.has(name)) ? undefined : 'audience'
}

/** JSON.parse turns `1e999` into Infinity. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
