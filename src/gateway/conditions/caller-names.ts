/**
 * As whom a caller is known: ids of applications, names of users, consumers. Several credentials may say so of one request; what the one says
 * that tells most exactly who is calling comes first.
 */
import type { GatewayPlan } from '../../contract/plan.ts'
import type { VerifiedToken } from '../auth/verified-token.ts'
import { claimReader, firstOf, identifierText } from '../claim-reader.ts'
import type { Claims } from '../claims.ts'
import { clientId } from '../client-id.ts'
import type { Exchange } from '../exchange.ts'
import type { Grant } from '../grant.ts'
import { isJsonObject, ownMember } from '../json-object.ts'

export type CallerNames = (exchange: Exchange) => readonly string[]

/** What the project says of a key's holder, whether a subscription is asked for or not; else what the token or signed key does. */
export function applicationIds({ issuers, applications }: GatewayPlan): CallerNames {
  const readers = issuers.map(({ claims }) => ({ application: claimReader(claims.application), client: claimReader(claims.client) }))
  const known = new Map(applications.flatMap(({ id, keys }) => keys.map(({ holder }) => [holder, id] as const)))
  const ofToken = ({ issuer, claims }: VerifiedToken): string | undefined => {
    if (claims === null) return undefined
    const { application, client } = readers[issuer]!
    const id = clientId(claims, client)
    return (id === undefined ? undefined : known.get(`client:${issuer}:${id}`)) ?? idIn(firstOf(application(claims)))
  }
  const ofGrant = ({ consumer, claims }: Grant): string | undefined =>
    known.get(consumer.key) ?? idIn(firstOf(ownMember(claims, 'application')))
  return ({ subscription, token, apiKey, user, certificate, holder }) =>
    [
      subscription?.application.id,
      token === null ? undefined : ofToken(token),
      apiKey === null ? undefined : ofGrant(apiKey),
      user === null ? undefined : ofGrant(user),
      certificate === null ? undefined : (known.get(certificate.consumer.key) ?? known.get(holder?.key ?? '')),
    ].filter((id) => id !== undefined)
}

/** The token's subject, the signed API key's, and the name of the user with a password. */
export function userNames({ issuers }: GatewayPlan): CallerNames {
  const readers = issuers.map(({ claims }) => claimReader(claims.subject))
  return ({ token, apiKey, user }) => {
    const claims = token?.claims ?? null
    const subject = token === null || claims === null ? undefined : identifierText(firstOf(readers[token.issuer]!(claims)))
    return [subject, apiKey?.user, user?.user].filter((name) => typeof name === 'string')
  }
}

/** As Consumer.key has them. */
export const consumers: CallerNames = ({ consumer, token, apiKey, user, holder, certificate }) =>
  [consumer, token?.consumer, apiKey?.consumer, user?.consumer, holder, certificate?.consumer].flatMap((each) => each?.key ?? [])

/** What tokens and API keys claim. */
export function callerClaims({ token, apiKey }: Exchange): readonly Claims[] {
  return [token?.claims ?? null, apiKey?.claims ?? null].filter((claims) => claims !== null)
}

function idIn(claim: unknown): string | undefined {
  if (!isJsonObject(claim)) return identifierText(claim)
  return ['id', 'uuid', 'name'].map((name) => identifierText(ownMember(claim, name))).find((text) => text !== undefined)
}
