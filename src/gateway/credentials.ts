/**
 * Operations that take several kinds of credential, or others than tokens. Each kind has a step of its own, which refuses what is bad;
 * here is what joins them: any alternative suffices (OR) of which every kind is there with its scopes (AND).
 */
import type { CredentialAlternative } from '../contract/plan/security.ts'
import type { GatewayPlan } from '../contract/plan.ts'
import type { CredentialsCapability, CredentialsPlan } from './capabilities/credentials.ts'
import { challengesOf, tokenChallenges } from './challenges.ts'
import { credentialRefusals } from './credential-refusals.ts'
import type { Refusal, Step } from './exchange.ts'
import { confineToMet, hasAllKinds, hasAllScopes, type RequiredKinds, requiredKinds } from './met-alternative.ts'
import type { Metrics } from './observability/metrics.ts'
import { type ScopeTable, scopeTable } from './scope-bits.ts'

export const credentialsCapability: CredentialsCapability = ({ plan, metrics }) => ({
  beside: (step, security) => besideOthers(step, security, plan.name),
  confine: (operation) => confineToMet(operation, plan),
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

/** `refusal`: for a request that has every kind, and not every scope. */
type Required = RequiredKinds & { readonly refusal: Refusal }

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
      if (hasAllScopes(required, exchange)) return undefined
      refusal = required.refusal
    }
    if (anonymous && token === null && apiKey === null && user === null) return undefined
    metrics.authFailure(refusal.reason)
    return refusal
  }
}

function requiredOf(alternative: CredentialAlternative, dpop: boolean, plan: GatewayPlan, table: ScopeTable): Required {
  const names = (alternative.token?.scopes ?? []).map((scope) => plan.scopes[scope]!)
  // RFC 6750 §3.1. What the compiler lets through as a scope holds neither quote nor backslash.
  const challenge = tokenChallenges(plan.name, `, error="insufficient_scope", scope="${names.join(' ')}"`, dpop)
  return {
    ...requiredKinds(alternative, table),
    refusal: { kind: 'scope-missing', fields: names.length === 0 ? '' : challenge, reason: 'scope' },
  }
}
