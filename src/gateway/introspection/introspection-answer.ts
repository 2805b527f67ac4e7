/** Reads what an introspection endpoint answers (RFC 7662 §2.2). */
import type { Claims } from '../claims.ts'
import { isJsonObject } from '../json-object.ts'

/** `inactive`: the key manager knows the token not to be good; `unusable`: it said nothing that counts. */
export type IntrospectionAnswer =
  | { readonly kind: 'active'; readonly claims: Claims }
  | { readonly kind: 'inactive' }
  | { readonly kind: 'unusable' }

/** In lower case. RFC 7662 has the types of RFC 6749 §7.1 here; some servers write what kind of token it is. */
const typesOfAccessTokens: ReadonlySet<string> = new Set([
  'bearer',
  'dpop',
  'pop',
  'n_a',
  'access_token',
  'urn:ietf:params:oauth:token-type:access_token',
])

const utf8 = new TextDecoder('utf-8', { fatal: true })

export function readAnswer(body: Buffer): IntrospectionAnswer {
  let answer: unknown
  try {
    answer = JSON.parse(utf8.decode(body))
  } catch {
    return { kind: 'unusable' }
  }
  if (!isJsonObject(answer)) return { kind: 'unusable' }
  const said = new Map<string, unknown>(Object.entries(answer))
  const active = said.get('active')
  if (active === false) return { kind: 'inactive' }
  if (active !== true) return { kind: 'unusable' }
  if (!isAccessToken(said)) return { kind: 'inactive' }
  said.delete('active')
  return { kind: 'active', claims: Object.fromEntries(said) }
}

/** Key managers answer for refresh tokens as well. Where one does not say which kind it is, the audience is what tells. */
function isAccessToken(said: ReadonlyMap<string, unknown>): boolean {
  const type = said.get('token_type')
  if (type !== undefined && !(typeof type === 'string' && typesOfAccessTokens.has(type.toLowerCase()))) return false
  const bound = said.get('cnf')
  if (typeof type === 'string' && type.toLowerCase() === 'dpop' && bound === undefined) return false
  const use = said.get('token_use')
  if (use !== undefined && use !== 'access_token' && use !== 'access') return false
  const kind = said.get('typ')
  return typeof kind !== 'string' || !/^(?:refresh|offline|id|logout)$/i.test(kind)
}
