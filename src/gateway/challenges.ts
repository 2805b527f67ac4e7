/** WWW-Authenticate lines (RFC 9110 §11.6.1): for tokens (RFC 6750 §3), proofs (RFC 9449 §7.1), API keys and passwords. */
import type { JwtAlgorithm } from '../contract/plan/keys.ts'
import type { CredentialsPlan } from './capabilities/credentials.ts'

/** What a proof may be signed with. */
export const proofAlgorithms: readonly JwtAlgorithm[] = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'RS256']

/** Lines for each kind of credential that an operation takes, each ending in CRLF; empty for the others. */
export type Challenges = { readonly token: string; readonly apiKey: string; readonly basic: string }

/**
 * `realm` is the gateway's name. No scheme is registered for API keys: `ApiKey` is the name that is used most. That passwords are UTF-8
 * is said as in RFC 7617 §2.1.
 */
export function challengesOf({ alternatives, dpop }: CredentialsPlan, realm: string): Challenges {
  const asks = (kind: 'token' | 'apiKey' | 'basic'): boolean => alternatives.some((alternative) => alternative[kind] !== null)
  return {
    token: asks('token') ? tokenChallenges(realm, '', dpop) : '',
    apiKey: asks('apiKey') ? challenge('ApiKey', realm, '') : '',
    basic: asks('basic') ? challenge('Basic', realm, ', charset="UTF-8"') : '',
  }
}

/** `error`: further parameters, each with a comma in front. `dpop`: a proof will do as well. */
export function tokenChallenges(realm: string, error: string, dpop: boolean): string {
  return challenge('Bearer', realm, error) + (dpop ? proofChallenge(realm, error) : '')
}

export function proofChallenge(realm: string, error: string): string {
  return challenge('DPoP', realm, `${error}, algs="${proofAlgorithms.join(' ')}"`)
}

function challenge(scheme: 'Bearer' | 'DPoP' | 'ApiKey' | 'Basic', realm: string, parameters: string): string {
  if (!/^[\w.~-]+$/.test(realm)) throw new Error(`The gateway's name ${JSON.stringify(realm)} cannot stand in a header field.`)
  return `WWW-Authenticate: ${scheme} realm="${realm}"${parameters}\r\n`
}
