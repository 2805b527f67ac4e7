/** WWW-Authenticate lines for tokens (RFC 6750 §3) and for proofs (RFC 9449 §7.1). */
import type { JwtAlgorithm } from '../contract/plan.ts'

/** What a proof may be signed with. */
export const proofAlgorithms: readonly JwtAlgorithm[] = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'RS256']

/** `realm` is the gateway's name; `error`: further parameters, each with a comma in front. `dpop`: a proof will do as well. */
export function tokenChallenges(realm: string, error: string, dpop: boolean): string {
  return challenge('Bearer', realm, error) + (dpop ? proofChallenge(realm, error) : '')
}

export function proofChallenge(realm: string, error: string): string {
  return challenge('DPoP', realm, `${error}, algs="${proofAlgorithms.join(' ')}"`)
}

function challenge(scheme: 'Bearer' | 'DPoP', realm: string, error: string): string {
  if (!/^[\w.~-]+$/.test(realm)) throw new Error(`The gateway's name ${JSON.stringify(realm)} cannot stand in a header field.`)
  return `WWW-Authenticate: ${scheme} realm="${realm}"${error}\r\n`
}
