/** What bars an opaque token that was revoked through this gateway, where other gateways remember what the key manager said of it. */
import crypto from 'node:crypto'
import type { IssuerPlan, RevokedPlan } from '../../contract/plan.ts'

/** Seconds by which another gateway may have asked later, or its clock be behind. */
const margin = 60

/**
 * By its digest: its text is not told to anybody. Nobody here knows whether it was ever good, since key managers grant the revocation of
 * whatever they are given (RFC 7009 §2.2), so that the entry lives no longer than somebody may remember an answer.
 * @param now milliseconds since the epoch.
 * @returns `null` for a JWT that says itself whose it is: it was not this issuer's, or it is barred already.
 */
export function revokedAnswer(token: string, { introspection, keys, fetchedKeys }: IssuerPlan, now: number): RevokedPlan | null {
  if (introspection === null) return null
  const isAsked = keys.length === 0 && fetchedKeys === null
  if (!isAsked && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return null
  const expires = Math.ceil((now + introspection.cache.keep) / 1000) + margin
  return { kind: 'digest', name: crypto.hash('sha256', token, 'base64url'), issuer: null, before: null, expires }
}
