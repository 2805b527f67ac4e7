/**
 * A DPoP proof (RFC 9449 §4): a JWT by which a client shows, with each request, that it has the key to which its token is bound. What
 * costs nothing is looked at first, and the signature last.
 */
import crypto from 'node:crypto'
import type { JwtAlgorithm } from '../../contract/plan/keys.ts'
import { proofAlgorithms } from '../challenges.ts'
import { type JsonObject, ownMember } from '../json-object.ts'
import { readCompactJws, typeOf } from '../jws/compact-jws.ts'
import type { VerificationKey } from '../jws/signature.ts'
import type { ProofFailure } from './proof-refusals.ts'
import { readPublicJwk } from './public-jwk.ts'

/** Characters. */
const maxProofLength = 8 * 1024
const maxIdLength = 256

/** Milliseconds that a proof may be old, besides the difference of clocks; how long its id is remembered follows from it. */
export const proofAge = 60_000

/** Milliseconds that clocks may differ. */
export const proofSkew = 5_000

/** What the proof must be for. */
export type Proven = {
  readonly method: string
  readonly isTarget: (uri: string) => boolean
  /** The access token's text. */
  readonly token: string
  /** Thumbprint of the key to which the token is bound. */
  readonly key: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** A proof in which all is right but perhaps its signature, and that may have been used before. */
export type UnverifiedProof = {
  readonly id: string
  /** Seconds since the epoch. */
  readonly issued: number
  readonly hasSignature: () => boolean
}

/** `known`: the token's key as an earlier proof gave it; `learn` is told of one that was imported, and whose thumbprint is right. */
export function readProof(
  text: string,
  proven: Proven,
  known: VerificationKey | undefined,
  learn: (key: VerificationKey) => void,
): UnverifiedProof | ProofFailure {
  const jws = text.length > maxProofLength ? undefined : readCompactJws(text)
  if (jws === undefined) return 'proof-malformed'
  const { header, claims, signed, signature } = jws
  if (typeOf(header) !== 'dpop+jwt' || ownMember(header, 'crit') !== undefined || ownMember(header, 'b64') !== undefined)
    return 'proof-malformed'
  const algorithm = ownMember(header, 'alg')
  if (!isProofAlgorithm(algorithm)) return 'proof-algorithm'
  const jwk = readPublicJwk(ownMember(header, 'jwk'))
  if (jwk === undefined) return 'proof-malformed'
  if (jwk.thumbprint !== proven.key) return 'proof-key'
  const failure = checkClaims(claims, proven)
  if (failure !== undefined) return failure
  const key = known?.algorithm === algorithm ? known : jwk.importFor(algorithm)
  if (key === undefined) return 'proof-algorithm'
  if (key !== known) learn(key)
  // `checkClaims` has seen what they are.
  const id = ownMember(claims, 'jti') as string
  const issued = ownMember(claims, 'iat') as number
  return { id, issued, hasSignature: () => key.verifies(signed, signature) }
}

function isProofAlgorithm(value: unknown): value is JwtAlgorithm {
  return proofAlgorithms.some((name) => name === value)
}

function checkClaims(claims: JsonObject, { method, isTarget, token, now }: Proven): ProofFailure | undefined {
  const id = ownMember(claims, 'jti')
  const uri = ownMember(claims, 'htu')
  const issued = ownMember(claims, 'iat')
  if (typeof id !== 'string' || id === '' || id.length > maxIdLength) return 'proof-malformed'
  if (typeof issued !== 'number' || !Number.isFinite(issued)) return 'proof-malformed'
  if (ownMember(claims, 'htm') !== method || typeof uri !== 'string' || !isTarget(uri)) return 'proof-request'
  if (issued * 1000 > now + proofSkew || issued * 1000 < now - proofAge - proofSkew) return 'proof-time'
  return ownMember(claims, 'ath') === crypto.hash('sha256', token, 'base64url') ? undefined : 'proof-token'
}
