/** Conditions as the gateway knows them, and what they need to be known of callers. */
import type { ConditionPlan } from '../../contract/plan/condition.ts'
import type { KeySelectorPlan } from '../../contract/plan/conditional-limit.ts'
import type { Project } from '../model/model.ts'
import type { Condition } from '../model/types/condition.ts'

export function planConditions(conditions: readonly Condition[], { apis }: Project): readonly ConditionPlan[] {
  return conditions.map((condition) => {
    if (condition.kind !== 'api') return condition
    const titles = condition.apis.map(({ value }) => value)
    const indexes = apis.flatMap(({ title }, index) => (titles.includes(title) ? [index] : []))
    return { kind: 'api', negated: condition.negated, apis: indexes }
  })
}

/** Whether a key is made of what tokens claim. */
export function selectsClaims(key: readonly KeySelectorPlan[]): boolean {
  return key.some(({ kind }) => kind === 'claim' || kind === 'application' || kind === 'user')
}

/** Whether what tokens claim must be kept for them. */
export function asksOfClaims(conditions: readonly ConditionPlan[]): boolean {
  return conditions.some(({ kind }) => kind === 'claim' || kind === 'application' || kind === 'user')
}
