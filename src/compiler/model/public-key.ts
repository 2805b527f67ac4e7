/** What a public key is good for: which signatures it can verify, and whether it is strong enough to be trusted. */
import type { KeyObject } from 'node:crypto'
import type { JwtAlgorithm } from '../../contract/plan.ts'

export type JudgedKey =
  | { readonly kind: 'usable'; readonly jwk: Readonly<Record<string, string>>; readonly algorithms: readonly JwtAlgorithm[] }
  | { readonly kind: 'refused'; readonly code: 'weak-key' | 'unusable-key'; readonly message: string }

const rsaAlgorithms: readonly JwtAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
/** RFC 7518 §3.4 binds each algorithm to one curve. The names are OpenSSL's. */
const curveAlgorithms: ReadonlyMap<string, readonly JwtAlgorithm[]> = new Map([
  ['prime256v1', ['ES256']],
  ['secp384r1', ['ES384']],
  ['secp521r1', ['ES512']],
])
/** RFC 9864 names the same signature `Ed25519` that RFC 8037 calls `EdDSA`. */
const edwardsAlgorithms: readonly JwtAlgorithm[] = ['EdDSA', 'Ed25519']

export const jwtAlgorithms: readonly JwtAlgorithm[] = [...rsaAlgorithms, ...[...curveAlgorithms.values()].flat(), ...edwardsAlgorithms]

export function isJwtAlgorithm(name: string): name is JwtAlgorithm {
  return jwtAlgorithms.some((algorithm) => algorithm === name)
}

const minimumModulus = 2048
/** OpenSSL verifies nothing with a larger one. */
const maximumModulus = 16384
const smallestExponent = 65537n
const largestExponent = 2n ** 32n - 1n

/** Judges a public key by itself: its type, size and curve. Only public members are in the result's `jwk`. */
export function judgePublicKey(key: KeyObject): JudgedKey {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return judgeRsa(key)
    case 'ec':
      return judgeCurve(key)
    case 'ed25519':
      return usable(key, ['kty', 'crv', 'x'], edwardsAlgorithms)
    default:
      return refused('unusable-key', `is of type ${key.asymmetricKeyType}, which no supported signature algorithm uses`)
  }
}

function judgeRsa(key: KeyObject): JudgedKey {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  if (modulusLength < minimumModulus) return refused('weak-key', `is an RSA key of ${modulusLength} bits`)
  if (modulusLength > maximumModulus) return refused('unusable-key', `is an RSA key of more than ${maximumModulus} bits`)
  if (publicExponent > largestExponent) return refused('unusable-key', 'has an RSA exponent of more than 32 bits')
  if (publicExponent < smallestExponent || publicExponent % 2n === 0n) return refused('weak-key', `has the RSA exponent ${publicExponent}`)
  return usable(key, ['kty', 'n', 'e'], rsaAlgorithms)
}

function judgeCurve(key: KeyObject): JudgedKey {
  const curve = key.asymmetricKeyDetails?.namedCurve ?? 'without a name'
  const algorithms = curveAlgorithms.get(curve)
  if (algorithms === undefined) return refused('unusable-key', `is on the curve ${curve}, which no supported signature algorithm uses`)
  return usable(key, ['kty', 'crv', 'x', 'y'], algorithms)
}

function usable(key: KeyObject, members: readonly string[], algorithms: readonly JwtAlgorithm[]): JudgedKey {
  const exported = new Map<string, unknown>(Object.entries(key.export({ format: 'jwk' })))
  return { kind: 'usable', jwk: Object.fromEntries(members.map((name) => [name, String(exported.get(name))])), algorithms }
}

function refused(code: 'weak-key' | 'unusable-key', message: string): JudgedKey {
  return { kind: 'refused', code, message }
}
