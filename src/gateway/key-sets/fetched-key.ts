/** Judges one key of a set that was fetched, as the compiler judges those that are baked: `src/contract/key-rules.ts` holds for both. */
import { createPublicKey, type KeyObject, type webcrypto, X509Certificate } from 'node:crypto'
import {
  curveAlgorithms,
  edwardsAlgorithms,
  encryptionAlgorithm,
  encryptionOperations,
  kidPattern,
  longestMember,
  privateMembers,
  publicMembers,
  rsaAlgorithms,
  rsaBounds,
} from '../../contract/key-rules.ts'
import type { JwtAlgorithm, KeyPlan } from '../../contract/plan/keys.ts'

/** Why a key is left out: a fixed word. `algorithm`: none is left that the project permits. */
export type KeyFault = 'not-an-object' | 'symmetric' | 'private' | 'weak' | 'unusable' | 'algorithm' | 'duplicate-kid'

type Jwk = Readonly<Record<string, unknown>>

/** Identity providers publish their encryption keys in the same set; those are no fault. */
export function isForEncryption(key: Jwk): boolean {
  const { use, alg, key_ops: operations } = key
  if (use === 'enc' || (typeof alg === 'string' && encryptionAlgorithm.test(alg))) return true
  return Array.isArray(operations) && operations.length > 0 && operations.every((operation) => encryptionOperations.includes(operation))
}

/** A secret in a public place is no secret: such a key is not used, whatever else it says. */
export function secretIn(key: Jwk): KeyFault | null {
  if (key.kty === 'oct' || key.k !== undefined) return 'symmetric'
  return privateMembers.some((member) => Object.hasOwn(key, member)) ? 'private' : null
}

export function readFetchedKey(key: Jwk, permitted: readonly JwtAlgorithm[]): KeyPlan | KeyFault {
  if (!saysThatItVerifies(key)) return 'unusable'
  const imported = importKey(key)
  if (imported === null || !isItsCertificate(key.x5c, imported)) return 'unusable'
  const able = algorithmsOf(imported)
  if (typeof able === 'string') return able
  const pinned = key.alg === undefined ? able : able.filter((algorithm) => algorithm === key.alg)
  if (pinned.length === 0) return 'unusable'
  const algorithms = pinned.filter((algorithm) => permitted.includes(algorithm))
  if (algorithms.length === 0) return 'algorithm'
  const exported = new Map<string, unknown>(Object.entries(imported.export({ format: 'jwk' })))
  const members = publicMembers.get(String(key.kty))!
  const jwk = Object.fromEntries(members.map((name) => [name, String(exported.get(name))]))
  return { kid: typeof key.kid === 'string' ? key.kid : null, algorithms, jwk, notAfter: null }
}

/** RFC 7517 sections 4.2 to 4.5. */
function saysThatItVerifies({ kid, use, key_ops: operations }: Jwk): boolean {
  if (kid !== undefined && !(typeof kid === 'string' && kidPattern.test(kid))) return false
  if (use !== undefined && use !== 'sig') return false
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'))
}

function importKey(key: Jwk): KeyObject | null {
  const members = typeof key.kty === 'string' ? publicMembers.get(key.kty) : undefined
  if (members === undefined) return null
  const jwk: webcrypto.JsonWebKey & Record<string, string> = {}
  for (const member of members) {
    const value = Object.hasOwn(key, member) ? key[member] : undefined
    if (typeof value !== 'string' || value.length > longestMember || !/^[A-Za-z0-9_-]+$/.test(value)) return null
    jwk[member] = value
  }
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch {
    return null
  }
}

/** A key may carry its certificate (RFC 7517 §4.7), which must be its own. The issuer gives the key out now: dates are not looked at. */
function isItsCertificate(chain: unknown, key: KeyObject): boolean {
  if (chain === undefined) return true
  const leaf: unknown = Array.isArray(chain) ? chain[0] : undefined
  if (typeof leaf !== 'string') return false
  try {
    return new X509Certificate(Buffer.from(leaf, 'base64')).publicKey.equals(key)
  } catch {
    return false
  }
}

function algorithmsOf(key: KeyObject): readonly JwtAlgorithm[] | KeyFault {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return rsaFault(key) ?? rsaAlgorithms
    case 'ec':
      return curveAlgorithms.get(key.asymmetricKeyDetails?.namedCurve ?? '') ?? 'unusable'
    case 'ed25519':
      return edwardsAlgorithms
    default:
      return 'unusable'
  }
}

function rsaFault(key: KeyObject): KeyFault | null {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  const { minimumModulus, maximumModulus, smallestExponent, largestExponent } = rsaBounds
  if (modulusLength < minimumModulus) return 'weak'
  if (modulusLength > maximumModulus || publicExponent > largestExponent) return 'unusable'
  return publicExponent < smallestExponent || publicExponent % 2n === 0n ? 'weak' : null
}
