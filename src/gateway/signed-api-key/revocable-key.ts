/** Under which names a signed API key could be revoked: those of the JWT that it is. */
import type { Revocable } from '../capabilities/revocation.ts'
import { identifierText } from '../claim-reader.ts'
import { ownMember } from '../json-object.ts'
import type { CompactJws } from '../jws/compact-jws.ts'
import { otherForm, type VerificationKey } from '../jws/signature.ts'

export function revocableKey({ header, claims, signature }: CompactJws, text: string, signer: VerificationKey): Revocable {
  const issuedAt = ownMember(claims, 'iat')
  return {
    issuer: textOf(ownMember(claims, 'iss')),
    id: textOf(ownMember(claims, 'jti')),
    text,
    signature: text.slice(text.lastIndexOf('.') + 1),
    otherSignature: otherForm(signer.algorithm, signature)?.toString('base64url') ?? null,
    client: identifierText(ownMember(claims, 'consumerKey')) ?? null,
    user: identifierText(ownMember(claims, 'sub')) ?? null,
    key: signer.kid ?? textOf(ownMember(header, 'kid')),
    apiKey: null,
    issuedAt: typeof issuedAt === 'number' ? issuedAt : null,
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
