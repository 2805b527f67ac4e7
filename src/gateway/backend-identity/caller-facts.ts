/** What is known of a caller, whatever it has proved itself with: one vocabulary for backend tokens and consumer fields. */
import type { IssuerPlan } from '../../contract/plan/issuer.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { type ClaimReader, claimReader, firstOf, identifierText } from '../claim-reader.ts'
import { claimedSubscriptionTier } from '../claimed-tiers.ts'
import type { Claims } from '../claims.ts'
import { clientId } from '../client-id.ts'
import type { Exchange } from '../exchange.ts'
import { isJsonObject, ownMember } from '../json-object.ts'
import type { Subscription } from '../subscription.ts'

/** `undefined`: nobody has said so. */
export type CallerFacts = {
  /** Unique, with its kind in front: as in the log. */
  readonly consumer: string
  readonly subject: string | undefined
  /** OAuth client, or id of the API key. */
  readonly client: string | undefined
  /** Words with spaces between; of all credentials together. */
  readonly scopes: string
  readonly application: Application
  /** Of the subscription to this API. */
  readonly tier: string | undefined
  readonly keyType: 'PRODUCTION' | 'SANDBOX'
  /** Of the token, else of the user or API key; `null` where only a certificate was shown. */
  readonly claims: Claims | null
  /** What extensions say. */
  readonly attached: Claims | null
  /** Milliseconds since the epoch at which the first of the credentials ends. */
  readonly expiresAt: number
}

/** As WSO2's tokens describe it. */
export type Application = Readonly<Record<'id' | 'uuid' | 'name' | 'tier' | 'owner', string | undefined>>

type IssuerClaims = Readonly<Record<'scope' | 'subject' | 'client' | 'application', ClaimReader>>

export class CallerReader {
  readonly #issuers: readonly IssuerClaims[]
  readonly #apis: GatewayPlan['apis']

  constructor({ issuers, apis }: GatewayPlan) {
    this.#issuers = issuers.map(readersOf)
    this.#apis = apis
  }

  /** `null` for anonymous callers. `api`: index in the plan. */
  read({ token, apiKey, user, certificate, consumer, subscription, attached }: Exchange, api: number): CallerFacts | null {
    if (token === null && apiKey === null && user === null && certificate === null) return null
    const claims = token?.claims ?? user?.claims ?? apiKey?.claims ?? null
    const issuer = token === null ? undefined : this.#issuers[token.issuer]
    const named = (reader: ClaimReader | undefined): unknown => (claims === null || reader === undefined ? undefined : reader(claims))
    const scopes = [named(issuer?.scope), user?.claims.scope, apiKey?.claims.scope].flatMap(words)
    return {
      consumer: consumer.key,
      subject:
        identifierText(firstOf(named(issuer?.subject))) ??
        identifierText(user?.claims.sub) ??
        identifierText(apiKey?.claims.sub) ??
        certificate?.subject,
      client:
        (claims === null || issuer === undefined ? undefined : clientId(claims, issuer.client)) ?? identifierText(apiKey?.claims.client_id),
      scopes: [...new Set(scopes)].join(' '),
      application: subscription === null ? applicationOf(claims, named(issuer?.application)) : subscribed(subscription.application),
      tier:
        subscription === null
          ? claims === null
            ? undefined
            : claimedSubscriptionTier(claims, this.#apis[api]!)
          : (subscription.tier ?? undefined),
      keyType: (subscription?.keyType ?? token?.keyType ?? apiKey?.keyType) === 'sandbox' ? 'SANDBOX' : 'PRODUCTION',
      claims,
      attached,
      expiresAt: Math.min(
        token === null ? Number.POSITIVE_INFINITY : statedExpiry(token.claims, token.expiresAt),
        ...[apiKey, user].map((grant) => (grant === null ? Number.POSITIVE_INFINITY : statedExpiry(grant.claims, grant.expiresAt))),
        certificate?.notAfter ?? Number.POSITIVE_INFINITY,
      ),
    }
  }
}

function readersOf({ claims }: IssuerPlan): IssuerClaims {
  return {
    scope: claimReader(claims.scope),
    subject: claimReader(claims.subject),
    client: claimReader(claims.client),
    application: claimReader(claims.application),
  }
}

/** A scope claim is a text of words, or a list of them. */
function words(scope: unknown): readonly string[] {
  const names: readonly unknown[] = typeof scope === 'string' ? scope.split(' ') : Array.isArray(scope) ? scope : []
  return names.filter((name) => typeof name === 'string' && name !== '') as readonly string[]
}

/** WSO2 puts an object into the claim; others an id, or nothing. */
function applicationOf(claims: Claims | null, named: unknown): Application {
  const whole = claims === null ? undefined : firstOf(ownMember(claims, 'application'))
  const member = (name: string): string | undefined => (isJsonObject(whole) ? identifierText(ownMember(whole, name)) : undefined)
  const id = member('id') ?? identifierText(firstOf(named))
  return { id, uuid: member('uuid'), name: member('name'), tier: member('tier'), owner: member('owner') }
}

function subscribed({ id, uuid, name, tier, owner }: Subscription['application']): Application {
  return { id, uuid: uuid ?? undefined, name: name ?? undefined, tier: tier ?? undefined, owner: owner ?? undefined }
}

/** What the credential itself says, which is earlier by the clock skew than when the gateway refuses it. */
function statedExpiry(claims: Claims | null, expiresAt: number): number {
  const expiry = claims === null ? undefined : ownMember(claims, 'exp')
  return typeof expiry === 'number' ? Math.min(expiry * 1_000, expiresAt) : expiresAt
}
