/** Which operations have steps that the project does itself. */
import type { ExtensionStep } from '../../contract/extension.ts'
import type { ExtensionsPlan } from '../../contract/plan/extensions.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { Project } from '../model/model.ts'

type Facts = Pick<OperationPlan, 'security' | 'identity'>

/** Public operations have no such step. */
export function planOwnSteps(operation: Facts, { extensions }: Project): readonly ExtensionStep[] {
  return (extensions?.steps ?? []).map(({ step }) => step).filter((step) => applies[step](operation))
}

const applies: Readonly<Record<ExtensionStep, (operation: Facts) => boolean>> = {
  validateToken: ({ security }) =>
    security.kind === 'token' || (security.kind === 'credentials' && security.alternatives.some(({ token }) => token !== null)),
  validateSubscription: ({ security }) => security.kind !== 'public',
  validateScopes: ({ security }) => security.kind !== 'public',
  generateConsumerToken: ({ identity }) => identity.token,
}

/** `null` where no operation has such a step. */
export function planExtensions({ extensions }: Project, operations: readonly Pick<OperationPlan, 'extensions'>[]): ExtensionsPlan | null {
  if (extensions === null) return null
  const used = extensions.steps.filter(({ step }) => operations.some((operation) => operation.extensions.includes(step)))
  if (used.length === 0) return null
  return { timeout: extensions.timeout, modules: used.map(({ step, file }) => ({ step, file: file.value })) }
}

/** Whether one of them sees what tokens claim. */
export function showsClaims({ extensions }: Pick<OperationPlan, 'extensions'>): boolean {
  return extensions.some((step) => step !== 'validateToken')
}
