/**
 * Which alternative of an operation's security a request meets. What it brings besides must be good, and then counts for nothing: neither
 * for who is calling, nor for what backends are told.
 */
import type { OperationPlan } from '../contract/plan/operation.ts'
import type { CredentialAlternative, ScopesPlan } from '../contract/plan/security.ts'
import type { GatewayPlan } from '../contract/plan.ts'
import type { Exchange, Step } from './exchange.ts'
import { holdsAll, type ScopeTable, scopeBits, scopeTable } from './scope-bits.ts'

/** An alternative with its scopes as bits; `null` for kinds that it does not ask for. */
export type RequiredKinds = {
  readonly issuers: ReadonlySet<number>
  readonly token: Uint32Array | null
  readonly apiKey: Uint32Array | null
  readonly basic: Uint32Array | null
  readonly certificate: boolean
}

export function requiredKinds({ token, apiKey, basic, certificate }: CredentialAlternative, table: ScopeTable): RequiredKinds {
  const bits = (asked: ScopesPlan | null): Uint32Array | null => (asked === null ? null : scopeBits(table, asked.scopes))
  return { issuers: new Set(token?.issuers), token: bits(token), apiKey: bits(apiKey), basic: bits(basic), certificate }
}

export function hasAllKinds(required: RequiredKinds, { token, apiKey, user, certificate }: Exchange): boolean {
  return (
    (required.token === null || (token !== null && required.issuers.has(token.issuer))) &&
    (required.apiKey === null || apiKey !== null) &&
    (required.basic === null || user !== null) &&
    (!required.certificate || certificate !== null)
  )
}

/** Of a request that has all kinds. */
export function hasAllScopes(required: RequiredKinds, { token, apiKey, user }: Exchange): boolean {
  return (
    (required.token === null || holdsAll(token!.scopeBits, required.token)) &&
    (required.apiKey === null || holdsAll(apiKey!.scopeBits, required.apiKey)) &&
    (required.basic === null || holdsAll(user!.scopeBits, required.basic))
  )
}

/**
 * Takes from the exchange what is outside of the alternative that is met, or that lacks nothing but scopes; who is calling follows from
 * the rest. Refuses nothing. `null` where a request has nothing besides.
 */
export function confineToMet(
  { security, certificate }: Pick<OperationPlan, 'security' | 'certificate'>,
  { scopes }: GatewayPlan,
): Step | null {
  const alternatives = alternativesOf(security)
  // What is asked for beside all alternatives belongs to each of them.
  const keepsCertificate = certificate === 'required' || !alternatives.some((alternative) => alternative.certificate)
  if (keepsCertificate && new Set(alternatives.map(rank)).size <= 1) return null
  const table = scopeTable(scopes)
  const ways = alternatives.toSorted((a, b) => rank(b) - rank(a)).map((alternative) => requiredKinds(alternative, table))
  const anonymous = (security.kind === 'token' || security.kind === 'credentials') && security.anonymous
  return (exchange) => {
    const met = metOf(ways, exchange)
    if (met !== null) confine(exchange, met, keepsCertificate)
    else if (anonymous && !keepsCertificate && exchange.token === null && exchange.apiKey === null && exchange.user === null) {
      dropCertificate(exchange)
      exchange.consumer = exchange.caller
    }
    return undefined
  }
}

function alternativesOf(security: OperationPlan['security']): readonly CredentialAlternative[] {
  if (security.kind === 'credentials') return security.alternatives
  if (security.kind !== 'token') return []
  const others = { apiKey: null, basic: null }
  const tokens = security.alternatives.map(({ issuers, scopes, certificate }) => ({ ...others, token: { issuers, scopes }, certificate }))
  return security.certificateSuffices ? [...tokens, { ...others, token: null, certificate: true }] : tokens
}

/** Of several that are met, the one counts that says most exactly who is calling. */
function rank({ token, apiKey, basic, certificate }: CredentialAlternative): number {
  return (token === null ? 0 : 8) + (apiKey === null ? 0 : 4) + (basic === null ? 0 : 2) + (certificate ? 1 : 0)
}

function metOf(ways: readonly RequiredKinds[], exchange: Exchange): RequiredKinds | null {
  let lacksScopes: RequiredKinds | null = null
  for (const way of ways) {
    if (!hasAllKinds(way, exchange)) continue
    if (hasAllScopes(way, exchange)) return way
    lacksScopes ??= way
  }
  return lacksScopes
}

function confine(exchange: Exchange, met: RequiredKinds, keepsCertificate: boolean): void {
  if (met.token === null) exchange.token = null
  if (met.apiKey === null) exchange.apiKey = null
  if (met.basic === null) exchange.user = null
  const { token, apiKey, user } = exchange
  // A token that is bound to it is nothing without it.
  if (!met.certificate && !keepsCertificate && (token?.binding?.certificate ?? null) === null) dropCertificate(exchange)
  exchange.consumer =
    token?.consumer ?? apiKey?.consumer ?? user?.consumer ?? exchange.holder ?? exchange.certificate?.consumer ?? exchange.caller
}

function dropCertificate(exchange: Exchange): void {
  exchange.certificate = null
  exchange.holder = null
}
