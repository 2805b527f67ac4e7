/** Whether a rightly signed token was made for gateways: issuers sign ID tokens and others with the same keys (RFC 8725 §3.11 and 3.12). */
import type { IssuerPlan } from '../../contract/plan/issuer.ts'
import { type JsonObject, ownMember } from '../json-object.ts'
import { typeOf } from '../jws/compact-jws.ts'
import type { AuthFailureReason } from './auth-refusals.ts'

/** Hashes of what an ID token was given out with (OpenID Connect Core §3.1.3.6 and 3.3.2.11); no access token has them. */
const hashClaims = ['at_hash', 'c_hash', 's_hash']

/** RFC 9068 §2.2, beyond `iss`, `exp` and `aud`. */
const profileTexts = ['sub', 'client_id', 'jti']

export function checkPurpose(header: JsonObject, claims: JsonObject, profile: IssuerPlan['profile']): AuthFailureReason | undefined {
  if (isApiKey(claims)) return 'api-key'
  const said = typeOf(header) === 'at+jwt'
  if (profile === 'at+jwt') return said ? checkProfile(claims) : 'type'
  // What the issuer calls an access token in so many words is one.
  return !said && isIdToken(claims) ? 'id-token' : undefined
}

function checkProfile(claims: JsonObject): AuthFailureReason | undefined {
  const complete = profileTexts.every((name) => typeof ownMember(claims, name) === 'string') && ownMember(claims, 'iat') !== undefined
  return complete && ownMember(claims, 'aud') !== undefined ? undefined : 'claims'
}

/** Cognito says `token_use`, Keycloak a claim `typ`; older Keycloaks put a `nonce` into access tokens, which they call `Bearer`. */
function isIdToken(claims: JsonObject): boolean {
  const use = ownMember(claims, 'token_use')
  const type = ownMember(claims, 'typ')
  if (use === 'id' || type === 'ID' || hashClaims.some((name) => ownMember(claims, name) !== undefined)) return true
  return ownMember(claims, 'nonce') !== undefined && use !== 'access' && type !== 'Bearer'
}

/** WSO2 signs API keys like access tokens, and calls them so. */
function isApiKey(claims: JsonObject): boolean {
  const type = ownMember(claims, 'token_type')
  return typeof type === 'string' && type.toLowerCase() === 'apikey'
}
