/** Under which names a verified token could be revoked. */
import crypto from 'node:crypto'
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { Revocable } from '../capabilities/revocation.ts'
import { firstOf, identifierText } from '../claim-reader.ts'
import { clientId } from '../client-id.ts'
import { type JsonObject, ownMember } from '../json-object.ts'
import { type CompactJws, readCompactJws } from '../jws/compact-jws.ts'
import { otherForm, otherFormOf, type VerificationKey } from '../jws/signature.ts'
import type { OwnerClaims } from './token-owner.ts'

/** `signer`: the key that has signed it, whatever the token says of that. */
export function revocableToken(
  { header, claims, signed, signature }: CompactJws,
  issuer: string,
  owner: OwnerClaims,
  signer: VerificationKey,
): Revocable {
  const encodedSignature = signature.toString('base64url')
  const issuedAt = ownMember(claims, 'iat')
  return {
    issuer,
    id: textOf(ownMember(claims, 'jti')),
    text: `${signed.toString('latin1')}.${encodedSignature}`,
    signature: encodedSignature,
    otherSignature: otherForm(signer.algorithm, signature)?.toString('base64url') ?? null,
    client: clientId(claims, owner.client) ?? null,
    user: identifierText(firstOf(owner.subject(claims))) ?? null,
    key: signer.kid ?? textOf(ownMember(header, 'kid')),
    apiKey: null,
    issuedAt: typeof issuedAt === 'number' ? issuedAt : null,
  }
}

/** An opaque token, and what the key manager of `issuer` says of it. */
export function revocableAnswer(text: string, claims: JsonObject, issuer: string, owner: OwnerClaims): Revocable {
  const issuedAt = ownMember(claims, 'iat')
  // A JWT may be asked about as well.
  const parts = text.split('.', 4)
  const jws = parts.length === 3 ? readCompactJws(text) : undefined
  return {
    issuer,
    id: textOf(ownMember(claims, 'jti')),
    text,
    signature: parts.length === 3 ? parts[2]! : text,
    otherSignature: jws === undefined ? null : (otherFormOf(jws)?.toString('base64url') ?? null),
    client: clientId(claims, owner.client) ?? null,
    user: identifierText(firstOf(owner.subject(claims))) ?? null,
    key: null,
    apiKey: null,
    issuedAt: typeof issuedAt === 'number' ? issuedAt : null,
  }
}

/** What bars a good JWT until it expires; `null` where it never does, as it is never taken. */
export function barringEntry(text: string, claims: JsonObject, issuer: string): RevokedPlan | null {
  const expires = ownMember(claims, 'exp')
  if (typeof expires !== 'number' || !Number.isFinite(expires)) return null
  const id = textOf(ownMember(claims, 'jti'))
  // By its id where it has one: an ECDSA signature has two forms (r, s) and (r, -s), so that there is a second text of the same token.
  return id === null
    ? { kind: 'digest', name: crypto.hash('sha256', text, 'base64url'), issuer: null, before: null, expires }
    : { kind: 'token', name: id, issuer, before: null, expires }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
