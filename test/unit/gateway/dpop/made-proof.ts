/** Proofs of every shape, signed by hand. */
import { hash, type KeyObject } from 'node:crypto'
import { ecKey, rawToken, type TestKey, testNow } from '../auth/signed-token.ts'

export const uri: string = 'https://api.example.com/petstore/v1/pet/7'

/** RFC 7638, for keys on P-256. */
export function thumbprintOf(key: KeyObject): string {
  const { crv, kty, x, y } = key.export({ format: 'jwk' })
  return hash('sha256', JSON.stringify({ crv, kty, x, y }), 'base64url')
}

export type ProofParts = {
  readonly key?: TestKey
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
}

let made = 0

/** A proof for a GET of `uri` with that token, with an id of its own; a member that is undefined is left out. */
export function makeProof(token: string, { key = ecKey, header = {}, claims = {} }: ProofParts = {}): string {
  const jwk = key.publicKey.export({ format: 'jwk' })
  const ath = hash('sha256', token, 'base64url')
  const all = { jti: `proof-${++made}`, htm: 'GET', htu: uri, iat: testNow, ath, ...claims }
  return rawToken(JSON.stringify({ typ: 'dpop+jwt', alg: key.algorithm, jwk, ...header }), JSON.stringify(all), key)
}
