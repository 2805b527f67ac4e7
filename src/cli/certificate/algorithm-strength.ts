/** Signature algorithms by how much is thought of them. */
import type { JwtAlgorithm } from '../../contract/plan/keys.ts'

/** The weakest first: PKCS #1 v1.5 before PSS (RFC 8017 §8), RSA before curves, short digests before long ones. */
const weakestFirst: readonly JwtAlgorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'EdDSA',
  'Ed25519',
  'ES384',
  'ES512',
]

/** Each once. What is not known stands first: nothing is thought of it. */
export function sortedByStrength(algorithms: readonly string[]): readonly string[] {
  const strength = (algorithm: string): number => weakestFirst.indexOf(algorithm as JwtAlgorithm)
  return [...new Set(algorithms)].toSorted((a, b) => strength(a) - strength(b))
}
