/** Whom a verified token counts for: its application, else its client, else its subject. */
import { Consumer } from '../consumer.ts'
import { isJsonObject, type JsonObject, ownMember } from '../jws/compact-jws.ts'
import { type ClaimReader, identifierText } from './claim-reader.ts'

/** Where client ids stand besides the claim that the project names: RFC 9068 §2.2, OpenID Connect, WSO2. */
const clientClaims = ['client_id', 'azp', 'consumerKey']

/** Where to look, as the project says. */
export type OwnerClaims = { readonly application: ClaimReader; readonly client: ClaimReader; readonly subject: ClaimReader }

/**
 * `null`: the token names nobody, and its caller counts by address. The issuer is part of the key: two issuers may give the same id
 * to different applications.
 */
export function tokenOwner(claims: JsonObject, issuer: number, { application, client, subject: named }: OwnerClaims): Consumer | null {
  const applicationId = applicationText(application(claims))
  if (applicationId !== undefined) return new Consumer(`application:${issuer}:${applicationId}`)
  const clientId = clientText(claims, client(claims))
  if (clientId !== undefined) return new Consumer(`client:${issuer}:${clientId}`)
  const subject = identifierText(firstOf(named(claims)))
  return subject === undefined ? null : new Consumer(`subject:${issuer}:${subject}`)
}

/** WSO2 puts an object there. */
function applicationText(claim: unknown): string | undefined {
  const value = firstOf(claim)
  if (!isJsonObject(value)) return identifierText(value)
  return identifierText(ownMember(value, 'id')) ?? identifierText(ownMember(value, 'uuid')) ?? identifierText(ownMember(value, 'name'))
}

function clientText(claims: JsonObject, named: unknown): string | undefined {
  // A list where `aud` is named, as WSO2 does.
  const own = identifierText(firstOf(named))
  if (own !== undefined) return own
  for (const name of clientClaims) {
    const id = identifierText(ownMember(claims, name))
    if (id !== undefined) return id
  }
  return undefined
}

/** Of a list its first entry. */
function firstOf(claim: unknown): unknown {
  return Array.isArray(claim) ? claim[0] : claim
}
