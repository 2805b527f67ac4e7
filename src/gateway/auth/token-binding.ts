/** What a token is bound to besides its text (RFC 7800): the `cnf` claim. Whoever presents the token must have that as well. */
import type { IssuerPlan } from '../../contract/plan/issuer.ts'
import { isJsonObject, type JsonObject, ownMember } from '../json-object.ts'
import type { AuthFailureReason } from './auth-refusals.ts'

export type TokenBinding = {
  /** SHA-256 of the client certificate's DER form, in lower-case hex (RFC 8705 §3.1); `null` where it is bound to none. */
  readonly certificate: string | null
  /** Thumbprint of the client's key, in base64url (RFC 9449 §6.1, RFC 7638); `null` where it is bound to none. */
  readonly key: string | null
}

const members = ['x5t#S256', 'jkt']

/** Returns `null` for a token that whoever has it may use. What cannot be checked is never let pass as if it were not there. */
export function readBinding(
  claims: JsonObject,
  { certificate, dpop, required }: IssuerPlan['senderConstrained'],
): TokenBinding | null | AuthFailureReason {
  const confirmation = ownMember(claims, 'cnf')
  if (confirmation === undefined) return required ? 'not-bound' : null
  if (!isJsonObject(confirmation)) return 'claims'
  const thumbprint = ownMember(confirmation, 'x5t#S256')
  const key = ownMember(confirmation, 'jkt')
  const names = Object.keys(confirmation)
  if (names.length === 0 || names.some((name) => !members.includes(name))) return 'binding'
  if ((thumbprint !== undefined && !certificate) || (key !== undefined && !dpop)) return 'binding'
  if ((thumbprint !== undefined && !isThumbprint(thumbprint)) || (key !== undefined && !isThumbprint(key))) return 'claims'
  return {
    certificate: thumbprint === undefined ? null : Buffer.from(thumbprint, 'base64url').toString('hex'),
    key: key ?? null,
  }
}

/** 32 bytes in base64url. */
function isThumbprint(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value)
}
