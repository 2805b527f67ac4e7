/** Keys that users name by file: private ones, with which development tokens and provenance are signed, and public ones. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK } from 'jose'
import { UsageError } from './failures.ts'
import { readUserFile } from './user-file.ts'

export type SigningKey = {
  readonly key: KeyObject
  /** What the key is for where nobody says more (RFC 7518 §3.1). */
  readonly algorithm: string
  /** RFC 7638, of its public half. */
  readonly thumbprint: string
  /** As the JWK has it; `null` for a PEM, which cannot name its key. */
  readonly kid: string | null
}

/** Bits of an RSA key that may sign (RFC 7518 §3.3). */
const leastRsaBits = 2048

/**
 * Reads a PEM or JWK file. An encrypted PEM needs POSTERN_KEY_PASSPHRASE in the environment. Nothing of what is in the file gets into a
 * message.
 */
export async function readSigningKey(file: string): Promise<SigningKey> {
  const { key, kid } = parse(readUserFile(file).toString('utf8'), file)
  const algorithm = algorithmFor(key)
  if (algorithm === null)
    throw new UsageError(`Nothing can be signed with a key such as that in ${file}.`, 'Use RSA, P-256, P-384, P-521 or Ed25519.')
  const bits = key.asymmetricKeyDetails?.modulusLength
  if (bits !== undefined && bits < leastRsaBits)
    throw new UsageError(
      `${file} holds an RSA key of ${bits} bits, which is too weak to sign with.`,
      `Use one of ${leastRsaBits} bits or more.`,
    )
  return { key, algorithm, kid, thumbprint: await calculateJwkThumbprint(await exportJWK(createPublicKey(key))) }
}

/** Reads a PEM file: a public key, or a certificate with one. */
export function readPublicKey(file: string): KeyObject {
  const text = readUserFile(file).toString('utf8')
  const key = publicKeyIn(text)
  if (key === null || text.includes('PRIVATE KEY'))
    throw new UsageError(`${file} holds no public key that can be read.`, 'Give a PEM file with a public key or a certificate.')
  const bits = key.asymmetricKeyDetails?.modulusLength
  if (algorithmFor(key) === null || (bits !== undefined && bits < leastRsaBits))
    throw new UsageError(
      `A signature by the key in ${file} proves nothing.`,
      'Use RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519.',
    )
  return key
}

function publicKeyIn(text: string): KeyObject | null {
  try {
    return createPublicKey(text)
  } catch {
    return null
  }
}

function parse(text: string, file: string): Pick<SigningKey, 'key' | 'kid'> {
  try {
    if (!text.trimStart().startsWith('{'))
      return { key: createPrivateKey({ key: text, passphrase: process.env.POSTERN_KEY_PASSPHRASE ?? '' }), kid: null }
    const jwk = JSON.parse(text)
    return { key: createPrivateKey({ key: jwk, format: 'jwk' }), kid: typeof jwk.kid === 'string' ? jwk.kid : null }
  } catch {
    throw new UsageError(
      `${file} holds no private key that can be read.`,
      'Give a PEM file, with POSTERN_KEY_PASSPHRASE in the environment where it is encrypted, or a JWK.',
    )
  }
}

function algorithmFor(key: KeyObject): string | null {
  const byType: Readonly<Record<string, string>> = { rsa: 'RS256', ed25519: 'EdDSA' }
  const byCurve: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }
  return byType[key.asymmetricKeyType ?? ''] ?? byCurve[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? null
}
