/** Signing keys that are made for one run, of the kinds that a gateway verifies with. */
import { createHmac, generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { JwtAlgorithm, KeyPlan } from '../../contract/plan/keys.ts'

export type ThrowawayKey = { readonly publicKey: KeyObject; readonly privateKey: KeyObject }

/** How a throw-away key signs, in the place of one whose private half nobody here has. */
export type Signer = { readonly kid: string | null; readonly algorithm: JwtAlgorithm; readonly key: ThrowawayKey }

const generate = promisify(generateKeyPair)

/** Of an RSA key, whatever length the original has: longer ones take long to make. */
const rsaBits = 2048

const curves: ReadonlyMap<string, string> = new Map([
  ['ES256', 'P-256'],
  ['ES384', 'P-384'],
  ['ES512', 'P-521'],
])

/** Of the kind that an algorithm needs. */
export function makeKey(algorithm: JwtAlgorithm): Promise<ThrowawayKey> {
  const namedCurve = curves.get(algorithm)
  if (namedCurve !== undefined) return generate('ec', { namedCurve })
  return algorithm === 'EdDSA' || algorithm === 'Ed25519' ? generate('ed25519') : generate('rsa', { modulusLength: rsaBits })
}

/** The same key as far as nobody looks at its numbers: kid, algorithms and end are the original's. */
export async function standInFor(plan: KeyPlan): Promise<{ readonly plan: KeyPlan; readonly signers: readonly Signer[] }> {
  const [first] = plan.algorithms
  if (first === undefined) return { plan, signers: [] }
  const key = await makeKey(first)
  const jwk = publicMembers(key)
  // What the key says of itself beside its numbers, such as `use`, stays.
  const kept = Object.fromEntries(Object.entries(plan.jwk).filter(([name]) => !['kty', 'crv', 'n', 'e', 'x', 'y'].includes(name)))
  return {
    plan: { ...plan, jwk: { ...kept, ...jwk } },
    signers: plan.algorithms.map((algorithm) => ({ kid: plan.kid, algorithm, key })),
  }
}

export function publicMembers({ publicKey }: Pick<ThrowawayKey, 'publicKey'>): Record<string, string> {
  // Public members are texts (RFC 7518 §6).
  return publicKey.export({ format: 'jwk' }) as Record<string, string>
}

type Json = Readonly<Record<string, unknown>>

/** A compact JWS (RFC 7515 §7.1). `none` signs with nothing, and `HS256` with the public key as a secret, as attackers try. */
export function signJws(header: Json, claims: Json, key: ThrowawayKey, algorithm: JwtAlgorithm | 'none' | 'HS256'): string {
  const signed = `${encoded({ ...header, alg: algorithm })}.${encoded(claims)}`
  return `${signed}.${signatureOf(Buffer.from(signed), key, algorithm).toString('base64url')}`
}

function signatureOf(bytes: Buffer, { publicKey, privateKey }: ThrowawayKey, algorithm: JwtAlgorithm | 'none' | 'HS256'): Buffer {
  if (algorithm === 'none') return Buffer.alloc(0)
  if (algorithm === 'HS256')
    return createHmac('sha256', publicKey.export({ type: 'spki', format: 'pem' }))
      .update(bytes)
      .digest()
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519') return sign(null, bytes, privateKey)
  const hash = `sha${algorithm.slice(2)}`
  if (algorithm.startsWith('ES')) return sign(hash, bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  // RSA_PKCS1_PSS_PADDING with a salt as long as the hash (RFC 7518 §3.5), or RSA_PKCS1_PADDING.
  return sign(
    hash,
    bytes,
    algorithm.startsWith('PS') ? { key: privateKey, padding: 6, saltLength: Number(algorithm.slice(2)) / 8 } : privateKey,
  )
}

function encoded(value: Json): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
