/** What an operation's security requirements come to: alternatives of issuers and scopes. */
import type { SecurityAlternative, SecurityPlan } from '../../contract/plan.ts'
import type { Requirement, Security } from '../model/model.ts'
import { Interner } from './interner.ts'

type Alternatives = { readonly alternatives: readonly SecurityAlternative[]; readonly anonymous: boolean }

/**
 * `issuers`: how many the project has. `scopes`: every scope that some operation requires, as in the plan.
 * @returns what plans one operation after the other; what an API says for all of them is planned once.
 */
export function securityPlanner(issuers: number, scopes: readonly string[]): (security: Security) => SecurityPlan {
  const positions = new Map(scopes.map((scope, index) => [scope, index]))
  const planned = new Map<readonly Requirement[], Alternatives>()
  return (security) => {
    if (security.kind === 'public') return { kind: 'public' }
    if (security.kind === 'unsaid') throw new Error('an operation without security passed the check')
    const { requirements, header } = security
    const { alternatives, anonymous } = planned.get(requirements) ?? planRequirements(requirements, issuers, positions)
    planned.set(requirements, { alternatives, anonymous })
    // `security: [{}]` knows no credential at all, so there is none that could be a bad one.
    if (anonymous && alternatives.length === 0) return { kind: 'public' }
    return { kind: 'token', header, alternatives, anonymous }
  }
}

function planRequirements(requirements: readonly Requirement[], issuers: number, positions: ReadonlyMap<string, number>): Alternatives {
  const alternatives = new Interner<SecurityAlternative>()
  let anonymous = false
  for (const requirement of requirements) {
    if (requirement.schemes.length === 0) anonymous = true
    else alternatives.indexOf(planRequirement(requirement, issuers, positions))
  }
  return { alternatives: alternatives.values, anonymous }
}

/** A request carries one token, so schemes that are AND-ed are satisfied by that one token together: all their scopes. */
function planRequirement(requirement: Requirement, issuers: number, positions: ReadonlyMap<string, number>): SecurityAlternative {
  const required = new Set<number>()
  for (const scheme of requirement.schemes) {
    if (scheme.scheme.kind !== 'token') throw new Error(`a requirement of kind ${scheme.scheme.kind} passed the check`)
    for (const scope of scheme.scopes) {
      const position = positions.get(scope.value)
      if (position === undefined) throw new Error('a required scope is not among the plan’s')
      required.add(position)
    }
  }
  // A token scheme of a definition names no issuer: any of the project's will do.
  return { issuers: [...Array(issuers).keys()], scopes: [...required].toSorted((a, b) => a - b) }
}

/** Every scope that is required somewhere, sorted. */
export function requiredScopes(securities: Iterable<Security>): readonly string[] {
  const names = new Set<string>()
  const lists = new Set<readonly Requirement[]>()
  for (const security of securities) if (security.kind === 'required') lists.add(security.requirements)
  for (const requirements of lists) {
    for (const requirement of requirements) {
      for (const scheme of requirement.schemes) for (const scope of scheme.scopes) names.add(scope.value)
    }
  }
  return [...names].toSorted()
}
