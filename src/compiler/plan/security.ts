/** What an operation's security requirements come to: alternatives of issuers and scopes. */
import type { SecurityAlternative, SecurityPlan } from '../../contract/plan.ts'
import type { Requirement, Security } from '../model/model.ts'
import { Interner } from './interner.ts'

/** `issuers`: how many the project has. `scopes`: every scope that some operation requires, as in the plan. */
export function planSecurity(security: Security, issuers: number, scopes: readonly string[]): SecurityPlan {
  if (security.kind === 'public') return { kind: 'public' }
  if (security.kind === 'unsaid') throw new Error('an operation without security passed the check')
  const alternatives = new Interner<SecurityAlternative>()
  let anonymous = false
  for (const requirement of security.requirements) {
    if (requirement.schemes.length === 0) anonymous = true
    else alternatives.indexOf(planRequirement(requirement, issuers, scopes))
  }
  // `security: [{}]` knows no credential at all, so there is none that could be a bad one.
  if (anonymous && alternatives.values.length === 0) return { kind: 'public' }
  return { kind: 'token', header: security.header, alternatives: alternatives.values, anonymous }
}

/** A request carries one token, so schemes that are AND-ed are satisfied by that one token together: all their scopes. */
function planRequirement(requirement: Requirement, issuers: number, scopes: readonly string[]): SecurityAlternative {
  const required = new Set<number>()
  for (const scheme of requirement.schemes) {
    if (scheme.scheme.kind !== 'token') throw new Error(`a requirement of kind ${scheme.scheme.kind} passed the check`)
    for (const scope of scheme.scopes) required.add(scopes.indexOf(scope.value))
  }
  // A token scheme of a definition names no issuer: any of the project's will do.
  return { issuers: [...Array(issuers).keys()], scopes: [...required].toSorted((a, b) => a - b) }
}

/** Every scope that is required somewhere, sorted. */
export function requiredScopes(securities: Iterable<Security>): readonly string[] {
  const names = new Set<string>()
  for (const security of securities) {
    if (security.kind !== 'required') continue
    for (const requirement of security.requirements) {
      for (const scheme of requirement.schemes) for (const scope of scheme.scopes) names.add(scope.value)
    }
  }
  return [...names].toSorted()
}
