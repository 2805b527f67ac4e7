/** A condition in words, for the manifest. */
import type { ConditionPlan } from '../../contract/plan/condition.ts'
import type { ApiPlan } from '../../contract/plan.ts'
import type { Condition } from '../model/types/condition.ts'

/** APIs by title. */
type Worded =
  | Exclude<ConditionPlan, { readonly kind: 'api' }>
  | { readonly kind: 'api'; readonly negated: boolean; readonly titles: readonly string[] }

export function writtenCondition(condition: Condition): string {
  return worded(condition.kind === 'api' ? { ...condition, titles: condition.apis.map(({ value }) => value) } : condition)
}

/** The same of a plan: what a gateway asks in the words of its manifest. */
export function writtenPlanCondition(condition: ConditionPlan, apis: readonly ApiPlan[]): string {
  return worded(condition.kind === 'api' ? { ...condition, titles: condition.apis.map((index) => apis[index]?.name ?? '') } : condition)
}

function worded(condition: Worded): string {
  return `${condition.negated ? 'not ' : ''}${positive(condition)}`
}

function positive(condition: Worded): string {
  switch (condition.kind) {
    case 'address':
      return `address ${condition.ranges.join(', ')}`
    case 'api':
      return `api ${listed([...new Set(condition.titles)].toSorted())}`
    case 'method':
      return `method ${condition.methods.join(', ')}`
    case 'header':
    case 'query':
    case 'claim':
      return `${condition.kind} ${unmistakable(condition.name)}: ${condition.values === 'any' ? 'any' : listed(condition.values)}`
    default:
      return `${condition.kind} ${listed(condition.values)}`
  }
}

function listed(values: readonly string[]): string {
  return values.map(unmistakable).join(', ')
}

/** Quoted where it could be read as several values, as any value, or as something else of the same entry: other conditions have other words. */
function unmistakable(text: string): string {
  return text === '' || text === 'any' || /^"|, |: | and |\p{C}/u.test(text) ? JSON.stringify(text) : text
}
