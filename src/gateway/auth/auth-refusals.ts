/** Every way in which a credential fails: the word for log and metrics, the refusal, and the challenge of RFC 6750 §3. */
import type { RefusalKind } from '../../contract/refusals.ts'
import { tokenChallenges } from '../challenges.ts'
import type { Refusal } from '../exchange.ts'

type Failure = { readonly kind: RefusalKind; readonly description: string | null }

function invalid(description: string): Failure {
  return { kind: 'credential-invalid', description }
}

const failures = {
  // Nothing that could be a bearer token was sent: no error code (RFC 6750 §3.1).
  missing: { kind: 'credential-missing', description: null },
  scheme: { kind: 'credential-missing', description: null },

  malformed: invalid('The access token is malformed'),
  'too-long': invalid('The access token is too long'),
  type: invalid('The token is not an access token'),
  'id-token': invalid('The token is an ID token'),
  'api-key': invalid('The token is an API key'),
  critical: invalid('The access token uses an extension that is not supported'),
  'unknown-issuer': invalid('The issuer of the access token is not known'),
  'unknown-key': invalid('The key of the access token is not known'),
  // Nobody can say that the token is bad, so that its holder should not throw it away.
  'keys-missing': { kind: 'credentials-unverifiable', description: null },
  algorithm: invalid('The algorithm of the access token is not accepted'),
  signature: invalid('The signature of the access token is not valid'),
  expired: { kind: 'credential-expired', description: 'The access token expired' },
  revoked: invalid('The access token was revoked'),
  'revocation-unknown': { kind: 'revocation-unknown', description: null },
  'not-yet-valid': invalid('The access token is not valid yet'),
  audience: invalid('The access token is for another audience'),
  claims: invalid('The access token lacks a claim or has one of the wrong type'),
  'key-type': invalid('The kind of the access token is not known'),
  'not-bound': invalid('The access token is not bound to its sender'),
  binding: invalid('The binding of the access token to its sender cannot be checked'),
  'other-certificate': invalid('The access token is bound to another client certificate'),
  'proof-needed': invalid('The access token is bound to a key, and is presented with a proof of it'),
  'proof-unexpected': invalid('The access token is not bound to a key'),
  'issuer-not-accepted': invalid('The issuer of the access token is not accepted here'),
  inactive: invalid('The access token is not active'),
  // Of the gateway and its key manager, not of the token.
  'introspection-failed': { kind: 'credentials-unverifiable', description: null },
  'introspection-busy': { kind: 'credentials-busy', description: null },
} as const satisfies Readonly<Record<string, Failure>>

/** Seconds: the time in which a key manager may come back. */
const retryLater = 'Retry-After: 5\r\n'

export type AuthFailureReason = keyof typeof failures

export type AuthRefusals = Readonly<Record<AuthFailureReason, Refusal>>

/** `realm` is the gateway's name; `dpop`: proofs are asked for as well, which a challenge of their own says (RFC 9449 §7.1). */
export function authRefusals(realm: string, dpop: boolean = false): AuthRefusals {
  const entries = Object.entries(failures).map(([reason, { kind, description }]) => {
    if (kind !== 'credential-missing' && description === null) return [reason, { kind, fields: retryLater, reason }] as const
    const error = description === null ? '' : `, error="invalid_token", error_description="${description}"`
    return [reason, { kind, fields: tokenChallenges(realm, error, dpop), reason }] as const
  })
  // The entries are made from the table's own keys.
  return Object.fromEntries(entries) as AuthRefusals
}

/** 403 for a token that lacks one of `scopes` (RFC 6750 §3.1). Throws for a scope that no token can hold. */
export function scopeRefusal(realm: string, scopes: readonly string[], dpop: boolean = false): Refusal {
  for (const scope of scopes) {
    // scope-token (RFC 6749 §3.3): neither quote nor backslash, so that none needs an escape in the field.
    if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
      throw new Error(`The scope ${JSON.stringify(scope)} is not a scope-token (RFC 6749 section 3.3).`)
  }
  const error = `, error="insufficient_scope", scope="${scopes.join(' ')}"`
  return { kind: 'scope-missing', fields: tokenChallenges(realm, error, dpop), reason: 'scope' }
}
