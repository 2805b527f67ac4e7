/** What a public key is good for: which signatures it can verify, and whether it is strong enough to be trusted. */
import type { KeyObject } from 'node:crypto'
import { curveAlgorithms, edwardsAlgorithms, jwtAlgorithms, publicMembers, rsaAlgorithms, rsaBounds } from '../../contract/key-rules.ts'
import type { JwtAlgorithm } from '../../contract/plan/keys.ts'

export type JudgedKey =
  | { readonly kind: 'usable'; readonly jwk: Readonly<Record<string, string>>; readonly algorithms: readonly JwtAlgorithm[] }
  | { readonly kind: 'refused'; readonly code: 'weak-key' | 'unusable-key'; readonly message: string }

export function isJwtAlgorithm(name: string): name is JwtAlgorithm {
  return jwtAlgorithms.some((algorithm) => algorithm === name)
}

/** Judges a public key by itself: its type, size and curve. Only public members are in the result's `jwk`. */
export function judgePublicKey(key: KeyObject): JudgedKey {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return judgeRsa(key)
    case 'ec':
      return judgeCurve(key)
    case 'ed25519':
      return usable(key, 'OKP', edwardsAlgorithms)
    default:
      return refused('unusable-key', `is of type ${key.asymmetricKeyType}, which no supported signature algorithm uses`)
  }
}

function judgeRsa(key: KeyObject): JudgedKey {
  const { minimumModulus, maximumModulus, smallestExponent, largestExponent } = rsaBounds
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  if (modulusLength < minimumModulus) return refused('weak-key', `is an RSA key of ${modulusLength} bits`)
  if (modulusLength > maximumModulus) return refused('unusable-key', `is an RSA key of more than ${maximumModulus} bits`)
  if (publicExponent > largestExponent) return refused('unusable-key', 'has an RSA exponent of more than 32 bits')
  if (publicExponent < smallestExponent || publicExponent % 2n === 0n) return refused('weak-key', `has the RSA exponent ${publicExponent}`)
  return usable(key, 'RSA', rsaAlgorithms)
}

function judgeCurve(key: KeyObject): JudgedKey {
  const curve = key.asymmetricKeyDetails?.namedCurve ?? 'without a name'
  const algorithms = curveAlgorithms.get(curve)
  if (algorithms === undefined) return refused('unusable-key', `is on the curve ${curve}, which no supported signature algorithm uses`)
  return usable(key, 'EC', algorithms)
}

function usable(key: KeyObject, type: string, algorithms: readonly JwtAlgorithm[]): JudgedKey {
  const exported = new Map<string, unknown>(Object.entries(key.export({ format: 'jwk' })))
  return { kind: 'usable', jwk: Object.fromEntries(publicMembers.get(type)!.map((name) => [name, String(exported.get(name))])), algorithms }
}

function refused(code: 'weak-key' | 'unusable-key', message: string): JudgedKey {
  return { kind: 'refused', code, message }
}
