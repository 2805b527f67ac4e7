/** Where the gateway learns what is revoked, and what holds for each operation when it knows too little. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { RevocationPlan, StaleRulePlan } from '../../contract/plan/revocation.ts'
import type { SecurityPlan } from '../../contract/plan/security.ts'
import type { Project } from '../model/model.ts'
import { completeOnStale } from '../model/on-stale.ts'
import type { Operation } from '../model/types/operation.ts'
import type { Interner } from './interner.ts'

export function planRevocation({ revocation, limits }: Project, staleRules: readonly StaleRulePlan[]): RevocationPlan | null {
  if (revocation === null) return null
  const { snapshot, persist, feeds, denies } = revocation
  return {
    snapshot: (snapshot?.value ?? []).map(({ value }) => value),
    persist,
    capacity: limits.maxRevocations,
    feeds: feeds.map(({ value }) => value),
    denies,
    staleRules,
  }
}

export function planOnStale(
  { onStale }: Operation,
  security: SecurityPlan,
  { revocation }: Project,
  staleRules: Interner<StaleRulePlan>,
): OperationPlan['onStale'] {
  if (revocation === null || (!revocation.denies && !takesRevocable(security))) return null
  return staleRules.indexOf(completeOnStale(onStale?.value ?? null, revocation.onStale))
}

/** Passwords and certificates are never looked for. */
function takesRevocable(security: SecurityPlan): boolean {
  if (security.kind !== 'credentials') return security.kind === 'token'
  return security.alternatives.some(({ token, apiKey }) => token !== null || apiKey !== null)
}
