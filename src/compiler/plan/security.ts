/** What an operation's security requirements come to: whether a certificate is asked for, and alternatives of kinds of credential with their scopes. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { ApiKeyPlace, CredentialAlternative, SecurityAlternative, SecurityPlan } from '../../contract/plan/security.ts'
import type { Api } from '../model/types/api.ts'
import type { RequiredScheme, Requirement, Security, SecurityScheme } from '../model/types/security.ts'
import { Interner } from './interner.ts'

type PlannedSecurity = Pick<OperationPlan, 'security' | 'certificate'>

type MutualTls = NonNullable<Api['mutualTls']>['value'] | null

/** What a list of requirements comes to, whatever kinds it asks for. */
type Alternatives = {
  readonly alternatives: readonly CredentialAlternative[]
  /** Those of them that ask for a token, where nothing but tokens and certificates is asked for. */
  readonly tokens: readonly SecurityAlternative[]
  readonly apiKeyPlaces: readonly ApiKeyPlace[]
  readonly anonymous: boolean
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

function securityOf({ alternatives, tokens, apiKeyPlaces, anonymous }: Alternatives, header: string): SecurityPlan {
  if (alternatives.some(({ apiKey, basic }) => apiKey !== null || basic !== null))
    return { kind: 'credentials', header, apiKeyPlaces, alternatives, anonymous, dpop: false }
  const certificateSuffices = alternatives.some(({ token }) => token === null)
  if (tokens.length > 0) return { kind: 'token', header, alternatives: tokens, anonymous, certificateSuffices, dpop: false }
  // `security: [{}]` knows no credential at all, so there is none that could be a bad one.
  if (anonymous) return { kind: 'public' }
  // Nobody can meet what has no alternative at all.
  return certificateSuffices
    ? { kind: 'certificate' }
    : { kind: 'token', header, alternatives: [], anonymous, certificateSuffices, dpop: false }
}

function certificateOf({ alternatives, anonymous }: Alternatives): OperationPlan['certificate'] {
  if (!alternatives.some(({ certificate }) => certificate)) return 'unused'
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
  const alternatives = new Interner<CredentialAlternative>()
  const apiKeyPlaces = new Interner<ApiKeyPlace>()
  let anonymous = false
  for (const { schemes } of requirements) {
    if (schemes.length === 0) anonymous = true
    else alternatives.indexOf(planRequirement(schemes, issuers, positions))
    for (const { scheme } of schemes) if (scheme.kind === 'apiKey') apiKeyPlaces.indexOf(placeOf(scheme))
  }
  const tokens = alternatives.values.flatMap(({ token, certificate }) =>
    token === null ? [] : [{ issuers: token.issuers, scopes: token.scopes, certificate }],
  )
  return { alternatives: alternatives.values, tokens, apiKeyPlaces: apiKeyPlaces.values, anonymous }
}

function placeOf({ in: where, name }: Extract<SecurityScheme, { kind: 'apiKey' }>): ApiKeyPlace {
  if (where === 'header') return { in: where, name: name.toLowerCase() }
  if (where === 'query' || where === 'cookie') return { in: where, name }
  throw new Error('an API key without a place passed the check')
}

/** A request carries one credential of a kind, so schemes of one kind that are AND-ed are satisfied by it together: all their scopes. */
function planRequirement(
  schemes: readonly RequiredScheme[],
  issuers: number,
  positions: ReadonlyMap<string, number>,
): CredentialAlternative {
  for (const { scheme } of schemes) {
    if (!isPlanned(scheme)) throw new Error(`a requirement of kind ${scheme.kind} passed the check`)
  }
  const scopesOf = (kind: SecurityScheme['kind']): readonly number[] | null => {
    const same = schemes.filter(({ scheme }) => scheme.kind === kind)
    return same.length === 0 ? null : positionsOf(same, positions)
  }
  const [token, apiKey, basic] = [scopesOf('token'), scopesOf('apiKey'), scopesOf('basic')]
  return {
    // A token scheme of a definition names no issuer: any of the project's will do.
    token: token === null ? null : { issuers: [...Array(issuers).keys()], scopes: token },
    apiKey: apiKey === null ? null : { scopes: apiKey },
    basic: basic === null ? null : { scopes: basic },
    certificate: schemes.some(({ scheme }) => scheme.kind === 'mutualTLS'),
  }
}

function isPlanned({ kind }: SecurityScheme): boolean {
  return kind === 'token' || kind === 'apiKey' || kind === 'basic' || kind === 'mutualTLS'
}

function positionsOf(schemes: readonly RequiredScheme[], positions: ReadonlyMap<string, number>): readonly number[] {
  const required = new Set<number>()
  for (const { scopes } of schemes) {
    for (const scope of scopes) {
      const position = positions.get(scope.value)
      if (position === undefined) throw new Error('a required scope is not among the plan’s')
      required.add(position)
    }
  }
  return [...required].toSorted((a, b) => a - b)
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
