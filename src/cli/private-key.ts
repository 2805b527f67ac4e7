/** A private key with which development tokens are signed. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { calculateJwkThumbprint, exportJWK } from 'jose'
import { UsageError } from './failures.ts'

export type SigningKey = {
  readonly key: KeyObject
  /** What the key is for where nobody says more (RFC 7518 §3.1). */
  readonly algorithm: string
  /** RFC 7638, of its public half. */
  readonly thumbprint: string
}

/** Reads a PEM or JWK file. Nothing of what is in the file gets into a message. */
export async function readSigningKey(file: string): Promise<SigningKey> {
  const key = parse(readFileSync(file, 'utf8'), file)
  const algorithm = algorithmFor(key)
  if (algorithm === null)
    throw new UsageError(`No token can be signed with a key such as that in ${file}.`, 'Use RSA, P-256, P-384, P-521 or Ed25519.')
  return { key, algorithm, thumbprint: await calculateJwkThumbprint(await exportJWK(createPublicKey(key))) }
}

function parse(text: string, file: string): KeyObject {
  try {
    if (text.trimStart().startsWith('{')) return createPrivateKey({ key: JSON.parse(text), format: 'jwk' })
    return createPrivateKey(text)
  } catch {
    throw new UsageError(`${file} holds no private key that can be read.`, 'Give a PEM file without passphrase, or a JWK.')
  }
}

function algorithmFor(key: KeyObject): string | null {
  const byType: Readonly<Record<string, string>> = { rsa: 'RS256', 'rsa-pss': 'PS256', ed25519: 'EdDSA' }
  const byCurve: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }
  return byType[key.asymmetricKeyType ?? ''] ?? byCurve[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? null
}
