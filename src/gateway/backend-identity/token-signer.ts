/**
 * The gateway's own key, with which it signs what it tells backends (RFC 7515, RFC 7518 §3). It signs in the loop: each caller's token is
 * signed once in its life, and for a key of this size OpenSSL takes less time than a thread pool does.
 */
import crypto, { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { BackendTokenPlan } from '../../contract/plan/backend-identity.ts'
import type { Claims } from '../claims.ts'
import { StartError } from '../settings.ts'

type SigningAlgorithm = NonNullable<BackendTokenPlan['algorithm']>

/** The members that make up a public key of each type, in the order in which they are hashed (RFC 7638 §3.2, RFC 8037 §2). */
const publicMembers: Readonly<Record<SigningAlgorithm, readonly string[]>> = {
  RS256: ['e', 'kty', 'n'],
  ES256: ['crv', 'kty', 'x', 'y'],
  EdDSA: ['crv', 'kty', 'x'],
}

export class TokenSigner {
  /** With `kid`, `alg` and `use`; public members only. */
  readonly publicJwk: Readonly<Record<string, string>>
  readonly #header: string
  readonly #signature: (signed: Buffer) => Buffer

  /** `named`: what the operator knows the key by. Throws a StartError. */
  constructor(pem: string, algorithm: SigningAlgorithm | null, named: string) {
    const key = privateKey(pem, named)
    const fitting = algorithmOf(key, named)
    if (algorithm !== null && algorithm !== fitting)
      throw new StartError(`${named} must hold a key for ${algorithm} (backendToken.algorithm), and its key is one for ${fitting}`)
    const jwk: Readonly<Record<string, unknown>> = { ...createPublicKey(key).export({ format: 'jwk' }) }
    const members = Object.fromEntries(publicMembers[fitting].map((name) => [name, String(jwk[name])]))
    const kid = createHash('sha256').update(JSON.stringify(members)).digest('base64url')
    this.publicJwk = { ...members, kid, alg: fitting, use: 'sig' }
    this.#header = encoded({ typ: 'JWT', alg: fitting, kid })
    this.#signature = signatureOf(fitting, key)
  }

  /** The compact JWS. */
  sign(claims: Claims): string {
    const signed = `${this.#header}.${encoded(claims)}`
    return `${signed}.${this.#signature(Buffer.from(signed, 'latin1')).toString('base64url')}`
  }
}

function encoded(value: Claims): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url')
}

/** The PEM that the text is, or that is in the file whose path it is. Throws a StartError, which repeats neither. */
export function readPrivateKey(text: string, named: string): string {
  // Many ways of setting a variable cannot hold line ends, and write them as `\n`.
  if (text.includes('-----BEGIN ')) return text.replaceAll('\\n', '\n')
  try {
    return readFileSync(text, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new StartError(`${named}: the file of the private key cannot be read: ${code}`)
  }
}

function privateKey(pem: string, named: string): KeyObject {
  if (pem.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----') || pem.includes('Proc-Type: 4,ENCRYPTED'))
    throw new StartError(`${named}: the private key is encrypted; give one that is not`)
  try {
    return createPrivateKey(pem)
  } catch {
    throw new StartError(`${named} must be a private key as PEM, or the path of a file with one`)
  }
}

function algorithmOf(key: KeyObject, named: string): SigningAlgorithm {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'rsa') {
    if (modulusLength >= 2048) return 'RS256'
    throw new StartError(`${named}: the private key is too weak: RSA needs 2048 bits or more, and it has ${modulusLength}`)
  }
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'ES256'
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA'
  throw new StartError(`${named}: the private key must be RSA (RS256), on the curve P-256 (ES256), or Ed25519 (EdDSA)`)
}

function signatureOf(algorithm: SigningAlgorithm, key: KeyObject): (signed: Buffer) => Buffer {
  if (algorithm === 'EdDSA') return (signed) => crypto.sign(null, signed, key)
  if (algorithm === 'RS256') return (signed) => crypto.sign('sha256', signed, key)
  return (signed) => crypto.sign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' })
}
