/** Confines what an operation asks for to the issuers that it names, and has what their tokens are bound to asked for. */
import type { OperationPlan } from '../../contract/plan.ts'
import type { Operation, Project } from '../model/model.ts'

type PlannedSecurity = Pick<OperationPlan, 'security' | 'certificate'>

export function confineToIssuers(planned: PlannedSecurity, { issuers: named }: Operation, { issuers }: Project): PlannedSecurity {
  const { security, certificate } = planned
  if (security.kind !== 'token') return planned
  const names = named === null ? null : new Set(named.value.map(({ value }) => value))
  const accepts = (index: number): boolean => names === null || names.has(issuers[index]!.issuer)
  const alternatives =
    names === null ? security.alternatives : security.alternatives.map((each) => ({ ...each, issuers: each.issuers.filter(accepts) }))
  const accepted = issuers.filter((_, index) => alternatives.some((each) => each.issuers.includes(index)))
  const dpop = accepted.some(({ senderConstrained }) => senderConstrained?.dpop === true)
  // No certificate is asked for in a handshake unless some operation looks at one.
  const bound = accepted.some(({ senderConstrained }) => senderConstrained?.certificate === true)
  return { security: { ...security, alternatives, dpop }, certificate: bound && certificate === 'unused' ? 'optional' : certificate }
}
