/**
 * Signatures of provenance: DSSE envelopes (Dead Simple Signing Envelope v1) in Sigstore bundles v0.3, which cosign and @sigstore/verify
 * read. Detached, because a signature need not be the same bytes twice and a bundle must be.
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { digestOf, hexOf } from '../compiler/digest.ts'
import { statementType } from '../compiler/package/provenance.ts'
import { signatureHint, signsStatement, takeChecksum } from '../contract/signature-file.ts'

const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json'

/** The text of a Sigstore bundle. `key`: private; RSA, P-256, P-384, P-521 or Ed25519. */
export function signStatement(statement: string, key: KeyObject): string {
  const payload = Buffer.from(statement)
  const named = keyDigest(createPublicKey(key))
  const dsseEnvelope = {
    payload: payload.toString('base64'),
    payloadType: statementType,
    signatures: [{ sig: sign(hashFor(key), preAuthenticationEncoding(payload), key).toString('base64'), keyid: '' }],
  }
  const textWith = (checksum: string): string => {
    const publicKey = { hint: signatureHint(named, checksum) }
    return `${JSON.stringify({ mediaType: bundleType, verificationMaterial: { publicKey, tlogEntries: [] }, dsseEnvelope }, null, 2)}\n`
  }
  return textWith(hexOf(digestOf(textWith(''))))
}

/** Why it is not what somebody has signed, whoever that was: what the gateway looks at when it starts. `null` where it is whole. */
export function signatureDamage(content: Buffer, statement: Buffer): string | null {
  const text = content.toString('latin1')
  const taken = takeChecksum(text)
  if (taken === null || hexOf(digestOf(taken.text)) !== taken.checksum) return 'it was altered, or Postern has not written it'
  return signsStatement(text, statement.toString('base64')) ? null : 'it signs another statement'
}

/** Why `text` is not the signature of `statement` by the owner of `key`, a public one; `null` where it is. */
export function signatureProblem(text: string, statement: Buffer, key: KeyObject): string | null {
  const envelope = envelopeIn(text)
  if (envelope === null) return 'it is no Sigstore bundle v0.3 with one signed in-toto statement'
  if (!envelope.payload.equals(statement)) return 'it signs another statement'
  return verifies(envelope, key) ? null : 'the key does not verify it'
}

/** Lower-case hex of the SHA-256 of the key's SubjectPublicKeyInfo. */
export function keyDigest(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

type Envelope = { readonly payload: Buffer; readonly signature: Buffer }

function envelopeIn(text: string): Envelope | null {
  const bundle = parsed(text)
  if (!isRecord(bundle) || bundle.mediaType !== bundleType || !isRecord(bundle.dsseEnvelope)) return null
  const { payload, payloadType, signatures } = bundle.dsseEnvelope
  if (typeof payload !== 'string' || payloadType !== statementType || !Array.isArray(signatures) || signatures.length !== 1) return null
  const [signature]: readonly unknown[] = signatures
  if (!isRecord(signature) || typeof signature.sig !== 'string') return null
  return { payload: Buffer.from(payload, 'base64'), signature: Buffer.from(signature.sig, 'base64') }
}

function verifies({ payload, signature }: Envelope, key: KeyObject): boolean {
  try {
    return verify(hashFor(key), preAuthenticationEncoding(payload), key, signature)
  } catch {
    // A signature that the key's kind cannot have.
    return false
  }
}

/** What is signed in the place of the payload: nothing else has this form (DSSE protocol, PAE). */
function preAuthenticationEncoding(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${statementType.length} ${statementType} ${payload.length} `), payload])
}

/** As Sigstore's clients have it for each kind of key; `null` for Ed25519, which hashes by itself. */
function hashFor(key: KeyObject): string | null {
  if (key.asymmetricKeyType === 'ed25519') return null
  const byCurve: Readonly<Record<string, string>> = { secp384r1: 'sha384', secp521r1: 'sha512' }
  return byCurve[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'sha256'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
