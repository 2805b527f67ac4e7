/** What the header of an access token may say (RFC 7515 §4.1, RFC 8725 §3). `jku`, `jwk`, `x5u` and `x5c` are never looked at. */

import { type JsonObject, ownMember } from '../json-object.ts'
import { typeOf } from '../jws/compact-jws.ts'
import type { VerificationKey } from '../jws/signature.ts'
import type { AuthFailureReason } from './auth-refusals.ts'
import { type IssuerKeys, maxKeysTried } from './issuer-keys.ts'

const acceptedTypes: ReadonlySet<unknown> = new Set([undefined, 'jwt', 'at+jwt'])

export function checkHeader(header: JsonObject): AuthFailureReason | undefined {
  // No extension is understood, and one that is marked critical must be (RFC 7515 §4.1.11).
  if (ownMember(header, 'crit') !== undefined || ownMember(header, 'b64') !== undefined) return 'critical'
  return acceptedTypes.has(typeOf(header)) ? undefined : 'type'
}

/** The keys that the token may have been signed with: at least one. */
export function candidateKeys(header: JsonObject, keys: IssuerKeys): readonly VerificationKey[] | AuthFailureReason {
  const algorithm = ownMember(header, 'alg')
  const kid = ownMember(header, 'kid')
  let named = keys.all
  if (kid !== undefined) {
    // A key that came without an id (PEM) may have any; where all keys have one, an id that none of them has is refused.
    const own = typeof kid === 'string' ? (keys.byId.get(kid) ?? keys.withoutId) : []
    if (own.length === 0) return 'unknown-key'
    named = own
  }
  const candidates = named.filter((key) => key.algorithm === algorithm).slice(0, maxKeysTried)
  return candidates.length === 0 ? 'algorithm' : candidates
}
