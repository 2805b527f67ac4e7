/** As whom a caller is known: the application's id and the user's name, by whatever credential says them. */
import type { GatewayPlan } from '../../contract/plan.ts'
import { claimReader, firstOf, identifierText } from '../claim-reader.ts'
import type { Exchange } from '../exchange.ts'
import { isJsonObject, ownMember } from '../jws/compact-jws.ts'

/** `undefined`: nobody says so. */
export type CallerName = (exchange: Exchange) => string | undefined

/** What the project says of the caller, else what the token does. */
export function applicationId({ issuers }: GatewayPlan): CallerName {
  const readers = issuers.map(({ claims }) => claimReader(claims.application))
  return ({ subscription, token, apiKey }) => {
    if (subscription !== null) return subscription.application.id
    const claims = (token ?? apiKey)?.claims ?? null
    if (claims === null) return undefined
    const claim = firstOf(token === null ? ownMember(claims, 'application') : readers[token.issuer]!(claims))
    if (!isJsonObject(claim)) return identifierText(claim)
    return ['id', 'uuid', 'name'].map((name) => identifierText(ownMember(claim, name))).find((text) => text !== undefined)
  }
}

/** The token's subject, else the name of the user with a password. */
export function userName({ issuers }: GatewayPlan): CallerName {
  const readers = issuers.map(({ claims }) => claimReader(claims.subject))
  return ({ token, user }) => {
    const claims = token?.claims ?? null
    const subject = token === null || claims === null ? undefined : identifierText(firstOf(readers[token.issuer]!(claims)))
    return subject ?? identifierText(user?.claims.sub)
  }
}
