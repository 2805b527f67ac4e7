/** What an operation's security requirements come to: whether a certificate is asked for, and alternatives of issuers and scopes. */
import type { OperationPlan, SecurityAlternative, SecurityPlan } from '../../contract/plan.ts'
import type { Api, Requirement, Security } from '../model/model.ts'
import { Interner } from './interner.ts'

type PlannedSecurity = Pick<OperationPlan, 'security' | 'certificate'>

type MutualTls = NonNullable<Api['mutualTls']>['value'] | null

type Alternatives = {
  readonly alternatives: readonly SecurityAlternative[]
  readonly anonymous: boolean
  readonly certificateSuffices: boolean
}

/**
 * `issuers`: how many the project has. `scopes`: every scope that some operation requires, as in the plan.
 * @returns what plans one operation after the other; what an API says for all of them is planned once.
 */
export function securityPlanner(issuers: number, scopes: readonly string[]): (security: Security, mutualTls: MutualTls) => PlannedSecurity {
  const positions = new Map(scopes.map((scope, index) => [scope, index]))
  const planned = new Map<readonly Requirement[], Alternatives>()
  return (security, mutualTls) => {
    if (security.kind === 'public') return withMutualTls({ kind: 'public' }, 'unused', mutualTls)
    if (security.kind === 'unsaid') throw new Error('an operation without security passed the check')
    const { requirements, header } = security
    const ways = planned.get(requirements) ?? planRequirements(requirements, issuers, positions)
    planned.set(requirements, ways)
    return withMutualTls(securityOf(ways, header), certificateOf(ways), mutualTls)
  }
}

function securityOf({ alternatives, anonymous, certificateSuffices }: Alternatives, header: string): SecurityPlan {
  if (alternatives.length > 0) return { kind: 'token', header, alternatives, anonymous, certificateSuffices, dpop: false }
  // `security: [{}]` knows no credential at all, so there is none that could be a bad one.
  if (anonymous) return { kind: 'public' }
  // Nobody can meet what has no alternative at all.
  return certificateSuffices
    ? { kind: 'certificate' }
    : { kind: 'token', header, alternatives, anonymous, certificateSuffices, dpop: false }
}

function certificateOf({ alternatives, anonymous, certificateSuffices }: Alternatives): OperationPlan['certificate'] {
  if (!certificateSuffices && !alternatives.some(({ certificate }) => certificate)) return 'unused'
  return !anonymous && alternatives.every(({ certificate }) => certificate) ? 'required' : 'optional'
}

/** What the whole API says comes on top. */
function withMutualTls(security: SecurityPlan, certificate: OperationPlan['certificate'], mutualTls: MutualTls): PlannedSecurity {
  switch (mutualTls) {
    case null:
      return { security, certificate }
    case 'optional':
      return { security, certificate: certificate === 'unused' ? 'optional' : certificate }
    case 'mandatory':
      return { security: security.kind === 'public' ? { kind: 'certificate' } : security, certificate: 'required' }
  }
}

function planRequirements(requirements: readonly Requirement[], issuers: number, positions: ReadonlyMap<string, number>): Alternatives {
  const alternatives = new Interner<SecurityAlternative>()
  let anonymous = false
  let certificateSuffices = false
  for (const requirement of requirements) {
    const { schemes } = requirement
    if (schemes.length === 0) anonymous = true
    else if (schemes.every(({ scheme }) => scheme.kind === 'mutualTLS')) certificateSuffices = true
    else alternatives.indexOf(planRequirement(requirement, issuers, positions))
  }
  return { alternatives: alternatives.values, anonymous, certificateSuffices }
}

/** A request carries one token, so schemes that are AND-ed are satisfied by that one token together: all their scopes. */
function planRequirement({ schemes }: Requirement, issuers: number, positions: ReadonlyMap<string, number>): SecurityAlternative {
  const required = new Set<number>()
  for (const { scheme, scopes } of schemes) {
    if (scheme.kind !== 'token' && scheme.kind !== 'mutualTLS') throw new Error(`a requirement of kind ${scheme.kind} passed the check`)
    for (const scope of scopes) {
      const position = positions.get(scope.value)
      if (position === undefined) throw new Error('a required scope is not among the plan’s')
      required.add(position)
    }
  }
  return {
    // A token scheme of a definition names no issuer: any of the project's will do.
    issuers: [...Array(issuers).keys()],
    scopes: [...required].toSorted((a, b) => a - b),
    certificate: schemes.some(({ scheme }) => scheme.kind === 'mutualTLS'),
  }
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
