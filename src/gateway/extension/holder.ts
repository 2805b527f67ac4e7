/** Reads what an extension says of a token's holder, whom the gateway does not know by itself. */
import type { TokenFacts } from '../capabilities/jwt.ts'
import { Consumer } from '../consumer.ts'
import { heldScopes, type ScopeTable } from '../scope-bits.ts'
import { objectOf, optionalKeyType, optionalText } from './answer.ts'
import { attach } from './attachments.ts'
import { BadAnswer } from './bad-answer.ts'

const known = ['issuer', 'application', 'client', 'subject', 'scopes', 'keyType', 'claims']

/** `issuers`: names of those that the operation takes, by index. Throws BadAnswer. */
export function readHolder(value: unknown, issuers: ReadonlyMap<string, number>, scopes: ScopeTable): TokenFacts {
  const holder = objectOf(value, '`holder`')
  if (Object.keys(holder).some((key) => !known.includes(key))) throw new BadAnswer('`holder` has a member that is not known')
  const issuer = issuerOf(holder, issuers)
  const [application, client, subject] = ['application', 'client', 'subject'].map((name) => optionalText(holder, name))
  const claims = holder.claims === undefined ? null : attach(null, holder.claims)
  return {
    issuer,
    scopeBits: heldScopes(scopes, scopesOf(holder)),
    keyType: optionalKeyType(holder) ?? 'production',
    consumer: consumerOf(issuer, application ?? null, client ?? null, subject ?? null),
    claims: { ...(subject == null ? {} : { sub: subject }), ...(client == null ? {} : { client_id: client }), ...claims },
  }
}

function issuerOf(holder: Readonly<Record<string, unknown>>, issuers: ReadonlyMap<string, number>): number {
  const name = optionalText(holder, 'issuer')
  const [first] = issuers.values()
  const issuer = name === null ? first : issuers.get(name)
  if (issuer === undefined) throw new BadAnswer('`issuer` is none that the operation takes')
  return issuer
}

function scopesOf({ scopes = [] }: Readonly<Record<string, unknown>>): readonly string[] {
  if (!Array.isArray(scopes) || !scopes.every((scope) => typeof scope === 'string')) throw new BadAnswer('`scopes` is no list of texts')
  return scopes
}

function consumerOf(issuer: number, application: string | null, client: string | null, subject: string | null): Consumer | null {
  if (application !== null) return new Consumer(`application:${issuer}:${application}`)
  if (client !== null) return new Consumer(`client:${issuer}:${client}`)
  return subject === null ? null : new Consumer(`subject:${issuer}:${subject}`)
}
