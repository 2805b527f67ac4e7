/**
 * Operations that take several kinds of credential, or others than tokens. Each kind has a step of its own, which refuses what is bad;
 * here is what joins them: any alternative suffices (OR) of which every kind is there with its scopes (AND).
 */
import type { CredentialAlternative, GatewayPlan, ScopesPlan } from '../contract/plan.ts'
import type { CredentialsCapability, CredentialsPlan } from './capabilities.ts'
import { challengesOf, tokenChallenges } from './challenges.ts'
import { credentialRefusals } from './credential-refusals.ts'
import type { Exchange, Refusal, Step } from './exchange.ts'
import type { Metrics } from './observability/metrics.ts'
import { holdsAll, type ScopeTable, scopeBits, scopeTable } from './scope-bits.ts'

export const credentialsCapability: CredentialsCapability = ({ plan, metrics }) => ({
  beside: (step, security) => besideOthers(step, security, plan.name),
  authorise: (security) => authoriseStep(security, plan, metrics),
})

function besideOthers(step: Step, security: CredentialsPlan, realm: string): Step {
  const { apiKey, basic } = challengesOf(security, realm)
  const others = apiKey + basic
  const takesPasswords = basic !== '' && security.header === 'authorization'
  const withOthers = (refusal: Refusal | undefined): Refusal | undefined =>
    refusal?.fields.startsWith('WWW-Authenticate: ') ? { ...refusal, fields: refusal.fields + others } : refusal
  return (exchange) => {
    // What is a password is for the next step.
    if (takesPasswords && exchange.credential !== null && /^basic(?: |$)/i.test(exchange.credential)) exchange.credential = null
    const end = step(exchange)
    if (end === undefined) return undefined
    return end instanceof Promise ? end.then(withOthers) : withOthers(end)
  }
}

/** An alternative with its scopes as bits; `null` for kinds that it does not ask for. */
type Required = {
  readonly issuers: ReadonlySet<number>
  readonly token: Uint32Array | null
  readonly apiKey: Uint32Array | null
  readonly basic: Uint32Array | null
  readonly certificate: boolean
  /** For a request that has every kind, and not every scope. */
  readonly refusal: Refusal
}

function authoriseStep(security: CredentialsPlan, plan: GatewayPlan, metrics: Metrics): Step {
  const { missing } = credentialRefusals(security, plan.name)
  const table = scopeTable(plan.scopes)
  const alternatives = security.alternatives.map((alternative) => requiredOf(alternative, security.dpop, plan, table))
  const { anonymous } = security
  return (exchange) => {
    const { token, apiKey, user } = exchange
    let refusal = missing
    for (const required of alternatives) {
      if (!hasAllKinds(required, exchange)) continue
      if (
        (required.token === null || holdsAll(token!.scopeBits, required.token)) &&
        (required.apiKey === null || holdsAll(apiKey!.scopeBits, required.apiKey)) &&
        (required.basic === null || holdsAll(user!.scopeBits, required.basic))
      )
        return undefined
      refusal = required.refusal
    }
    if (anonymous && token === null && apiKey === null && user === null) return undefined
    metrics.authFailure(refusal.reason)
    return refusal
  }
}

function hasAllKinds(required: Required, { token, apiKey, user, certificate }: Exchange): boolean {
  return (
    (required.token === null || (token !== null && required.issuers.has(token.issuer))) &&
    (required.apiKey === null || apiKey !== null) &&
    (required.basic === null || user !== null) &&
    (!required.certificate || certificate !== null)
  )
}

function requiredOf(
  { token, apiKey, basic, certificate }: CredentialAlternative,
  dpop: boolean,
  plan: GatewayPlan,
  table: ScopeTable,
): Required {
  const bits = (asked: ScopesPlan | null): Uint32Array | null => (asked === null ? null : scopeBits(table, asked.scopes))
  const names = (token?.scopes ?? []).map((scope) => plan.scopes[scope]!)
  // RFC 6750 §3.1. What the compiler lets through as a scope holds neither quote nor backslash.
  const challenge = tokenChallenges(plan.name, `, error="insufficient_scope", scope="${names.join(' ')}"`, dpop)
  return {
    issuers: new Set(token?.issuers),
    token: bits(token),
    apiKey: bits(apiKey),
    basic: bits(basic),
    certificate,
    refusal: { kind: 'scope-missing', fields: names.length === 0 ? '' : challenge, reason: 'scope' },
  }
}
