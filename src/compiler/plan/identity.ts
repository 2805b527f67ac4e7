/** What backends are told of who calls. */
import type { BackendIdentityPlan } from '../../contract/plan/backend-identity.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Project } from '../model/model.ts'
import type { Operation } from '../model/types/operation.ts'

/** Of an operation that asks for no credential, only what its clients send by themselves can be handed on. */
export function planIdentity(
  { identity: { token, fields, credential } }: Operation,
  { security, certificate }: Pick<OperationPlan, 'security' | 'certificate'>,
  { backendToken, consumerFields }: Project,
): BackendIdentityPlan {
  const knowsCallers = security.kind !== 'public' || certificate !== 'unused'
  return {
    token: knowsCallers && backendToken !== null && (token?.value ?? true),
    fields: knowsCallers && consumerFields !== null && consumerFields.fields.length > 0 && (fields?.value ?? true),
    credential: credential?.value ?? false,
  }
}

/** Also where no operation tells anything: a client's own fields of these names are dropped all the same. */
export function planTelling({ backendToken, consumerFields }: Project): Pick<GatewayPlan, 'backendToken' | 'consumerFields'> {
  return { backendToken: backendToken === null ? null : planToken(backendToken), consumerFields: consumerFields?.fields ?? [] }
}

/** Whether the backend may be told what tokens claim. */
export function tellsClaims({ identity }: Pick<OperationPlan, 'identity'>): boolean {
  return identity.token || identity.fields
}

function planToken({ at: _at, ...token }: NonNullable<Project['backendToken']>): NonNullable<GatewayPlan['backendToken']> {
  return token
}
