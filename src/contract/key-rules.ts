/**
 * Which public keys may verify tokens. The compiler judges keys that are baked and the gateway those that it fetches, by this one table.
 */
import type { JwtAlgorithm } from './plan/keys.ts'

export const rsaAlgorithms: readonly JwtAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']

/** RFC 7518 §3.4 binds each algorithm to one curve. The names are OpenSSL's. */
export const curveAlgorithms: ReadonlyMap<string, readonly JwtAlgorithm[]> = new Map([
  ['prime256v1', ['ES256']],
  ['secp384r1', ['ES384']],
  ['secp521r1', ['ES512']],
])

/** RFC 9864 names the same signature `Ed25519` that RFC 8037 calls `EdDSA`. */
export const edwardsAlgorithms: readonly JwtAlgorithm[] = ['EdDSA', 'Ed25519']

export const jwtAlgorithms: readonly JwtAlgorithm[] = [...rsaAlgorithms, ...[...curveAlgorithms.values()].flat(), ...edwardsAlgorithms]

/** Bits of the modulus, and the exponent. OpenSSL verifies nothing with a larger modulus. */
export const rsaBounds = { minimumModulus: 2048, maximumModulus: 16384, smallestExponent: 65537n, largestExponent: 2n ** 32n - 1n }

/** Members of a JWK that no public key has: RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1. */
export const privateMembers: readonly string[] = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv']

/** The members that make up a public key of each type: RFC 7518 section 6, RFC 8037 section 2. */
export const publicMembers: ReadonlyMap<string, readonly string[]> = new Map([
  ['RSA', ['kty', 'n', 'e']],
  ['EC', ['kty', 'crv', 'x', 'y']],
  ['OKP', ['kty', 'crv', 'x']],
])

/** Characters of a member: OpenSSL's largest modulus, in base64url, and then some. */
export const longestMember = 4096

/** Plain text of up to 256 characters. */
export const kidPattern: RegExp = /^[^\u0000-\u001f\u007f]{1,256}$/

/** What `alg` and `key_ops` say of keys for encryption, which identity providers publish in the same set (RFC 7517 §4.3, RFC 7518 §4.1). */
export const encryptionAlgorithm: RegExp = /^(?:RSA1_5|RSA-OAEP|ECDH-ES)/
export const encryptionOperations: readonly string[] = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey', 'deriveKey', 'deriveBits']
