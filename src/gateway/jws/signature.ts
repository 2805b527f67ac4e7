/**
 * Checks one signature of a JWS (RFC 7518 §3, RFC 8037) with a key that was imported before. It is synchronous: for a key of this size
 * OpenSSL takes less time than a promise and a thread pool do.
 */
import { constants, type KeyObject, verify } from 'node:crypto'
import type { JwtAlgorithm } from '../../contract/plan/keys.ts'
import { ownMember } from '../json-object.ts'
import type { CompactJws } from './compact-jws.ts'

/** One key for one algorithm. */
export type VerificationKey = {
  readonly algorithm: JwtAlgorithm
  /** Its id, as its owner gives it out; `null` where it has none. */
  readonly kid: string | null
  readonly verifies: (signed: Buffer, signature: Buffer) => boolean
  /** Its issuer gives it out no more: what it has verified counts no more. */
  withdrawn: boolean
}

/** The key must be one for the algorithm: `fitsAlgorithm`. */
export function verificationKey(algorithm: JwtAlgorithm, key: KeyObject, kid: string | null = null): VerificationKey {
  const verifies = verifierOf(algorithm, key)
  return {
    algorithm,
    kid,
    verifies: (signed, signature) => {
      try {
        return verifies(signed, signature)
      } catch {
        // Whatever went wrong, the signature has not been verified.
        return false
      }
    },
    withdrawn: false,
  }
}

/** RFC 7518 §3.1 binds each algorithm to a type of key and each elliptic one to a curve. */
export function fitsAlgorithm(algorithm: JwtAlgorithm, key: KeyObject): boolean {
  if (key.type !== 'public') return false
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return /^[RP]S/.test(algorithm) && modulusLength >= 2048
    case 'ec':
      return namedCurve !== undefined && curves.get(namedCurve) === algorithm
    case 'ed25519':
      return algorithm === 'EdDSA' || algorithm === 'Ed25519'
    default:
      return false
  }
}

const curves: ReadonlyMap<string, JwtAlgorithm> = new Map([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
])

/** Both numbers of a signature, at their full length (RFC 7518 §3.4): a DER signature of another length is none. */
const ellipticLengths: ReadonlyMap<JwtAlgorithm, number> = new Map([
  ['ES256', 64],
  ['ES384', 96],
  ['ES512', 132],
])

/** The order of each curve (SEC 2). */
const orders: ReadonlyMap<JwtAlgorithm, bigint> = new Map([
  ['ES256', 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n],
  ['ES384', 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n],
  [
    'ES512',
    0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  ],
])

/**
 * (r, -s) for the elliptic signature (r, s): whoever has one can make the other, and it is as good. `null` for other algorithms, which have
 * no second form.
 * @param signature one that was verified.
 */
export function otherForm(algorithm: JwtAlgorithm, signature: Buffer): Buffer | null {
  const order = orders.get(algorithm)
  if (order === undefined) return null
  const half = signature.length / 2
  const other = order - BigInt(`0x${signature.toString('hex', half)}`)
  return Buffer.concat([signature.subarray(0, half), Buffer.from(other.toString(16).padStart(2 * half, '0'), 'hex')])
}

/** The same of a signature that somebody else has verified, by what its header says; `null` for what is none. */
export function otherFormOf({ header, signature }: Pick<CompactJws, 'header' | 'signature'>): Buffer | null {
  for (const [algorithm, length] of ellipticLengths)
    if (ownMember(header, 'alg') === algorithm && signature.length === length) return otherForm(algorithm, signature)
  return null
}

function verifierOf(algorithm: JwtAlgorithm, key: KeyObject): VerificationKey['verifies'] {
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519') return (signed, signature) => verify(null, signed, key, signature)
  const hash = `sha${algorithm.slice(2)}`
  const length = ellipticLengths.get(algorithm)
  if (length !== undefined) {
    const elliptic = { key, dsaEncoding: 'ieee-p1363' } as const
    return (signed, signature) => signature.length === length && verify(hash, signed, elliptic, signature)
  }
  if (algorithm.startsWith('RS')) return (signed, signature) => verify(hash, signed, key, signature)
  // The salt has the hash's length, and no other will do (RFC 7518 §3.5).
  const salted = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(algorithm.slice(2)) / 8 }
  return (signed, signature) => verify(hash, signed, salted, signature)
}
