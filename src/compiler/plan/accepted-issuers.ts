/** Confines what an operation asks for to the issuers that it names, and has what their tokens are bound to asked for. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { CredentialAlternative, SecurityPlan } from '../../contract/plan/security.ts'
import type { Project } from '../model/model.ts'
import type { Issuer } from '../model/types/issuer.ts'
import type { Operation } from '../model/types/operation.ts'
import type { Placed } from '../model/types/placed.ts'

type PlannedSecurity = Pick<OperationPlan, 'security' | 'certificate'>

export function confineToIssuers(planned: PlannedSecurity, { issuers: named }: Operation, { issuers }: Project): PlannedSecurity {
  const { certificate } = planned
  const security = named === null ? planned.security : confined(planned.security, named.value, issuers)
  if (security.kind !== 'token' && security.kind !== 'credentials') return planned
  const indexes = new Set(
    security.kind === 'token'
      ? security.alternatives.flatMap((each) => each.issuers)
      : security.alternatives.flatMap(({ token }) => token?.issuers ?? []),
  )
  const accepted = issuers.filter((_, index) => indexes.has(index))
  const dpop = accepted.some(({ senderConstrained }) => senderConstrained?.dpop === true)
  // No certificate is asked for in a handshake unless some operation looks at one.
  const bound = accepted.some(({ senderConstrained }) => senderConstrained?.certificate === true)
  return { security: { ...security, dpop }, certificate: bound && certificate === 'unused' ? 'optional' : certificate }
}

function confined(security: SecurityPlan, named: readonly Placed<string>[], issuers: readonly Issuer[]): SecurityPlan {
  const names = new Set(named.map(({ value }) => value))
  const accepted = (indexes: readonly number[]): readonly number[] => indexes.filter((index) => names.has(issuers[index]!.issuer))
  switch (security.kind) {
    case 'public':
    case 'certificate':
      return security
    case 'token':
      return { ...security, alternatives: security.alternatives.map((each) => ({ ...each, issuers: accepted(each.issuers) })) }
    case 'credentials':
      return { ...security, alternatives: security.alternatives.flatMap((each) => confinedAlternative(each, accepted)) }
  }
}

/** None where it asks for a token and no issuer is left that could give one: what is beside the token does not suffice without it. */
function confinedAlternative(
  { token, ...others }: CredentialAlternative,
  accepted: (indexes: readonly number[]) => readonly number[],
): readonly CredentialAlternative[] {
  if (token === null) return [{ token, ...others }]
  const issuers = accepted(token.issuers)
  return issuers.length === 0 ? [] : [{ token: { ...token, issuers }, ...others }]
}
