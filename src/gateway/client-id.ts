/** Which client a token was issued to. */
import { type ClaimReader, firstOf, identifierText } from './claim-reader.ts'
import { type JsonObject, ownMember } from './json-object.ts'

/** Where client ids stand besides the claim that the project names: RFC 9068 §2.2, OpenID Connect, WSO2. */
const clientClaims = ['client_id', 'azp', 'consumerKey']

/** `client`: the claim that the project names. */
export function clientId(claims: JsonObject, client: ClaimReader): string | undefined {
  // A list where `aud` is named, as WSO2 does.
  const own = identifierText(firstOf(client(claims)))
  if (own !== undefined) return own
  for (const name of clientClaims) {
    const id = identifierText(ownMember(claims, name))
    if (id !== undefined) return id
  }
  return undefined
}
