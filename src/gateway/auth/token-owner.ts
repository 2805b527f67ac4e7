/** Whom a verified token counts for: its application, else its client, else its subject. */

import { type ClaimReader, firstOf, identifierText } from '../claim-reader.ts'
import { clientId } from '../client-id.ts'
import { Consumer } from '../consumer.ts'
import { isJsonObject, type JsonObject, ownMember } from '../json-object.ts'

/** Where to look, as the project says. */
export type OwnerClaims = { readonly application: ClaimReader; readonly client: ClaimReader; readonly subject: ClaimReader }

/**
 * `null`: the token names nobody, and its caller counts by address. The issuer is part of the key: two issuers may give the same id
 * to different applications.
 */
export function tokenOwner(claims: JsonObject, issuer: number, { application, client, subject: named }: OwnerClaims): Consumer | null {
  const applicationId = applicationText(application(claims))
  if (applicationId !== undefined) return new Consumer(`application:${issuer}:${applicationId}`)
  const id = clientId(claims, client)
  if (id !== undefined) return new Consumer(`client:${issuer}:${id}`)
  const subject = identifierText(firstOf(named(claims)))
  return subject === undefined ? null : new Consumer(`subject:${issuer}:${subject}`)
}

/** WSO2 puts an object there. */
function applicationText(claim: unknown): string | undefined {
  const value = firstOf(claim)
  if (!isJsonObject(value)) return identifierText(value)
  return identifierText(ownMember(value, 'id')) ?? identifierText(ownMember(value, 'uuid')) ?? identifierText(ownMember(value, 'name'))
}
