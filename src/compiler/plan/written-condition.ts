/** A condition in words, for the manifest. */
import type { Condition } from '../model/model.ts'

export function writtenCondition(condition: Condition): string {
  return `${condition.negated ? 'not ' : ''}${positive(condition)}`
}

function positive(condition: Condition): string {
  switch (condition.kind) {
    case 'address':
      return `address ${condition.ranges.join(', ')}`
    case 'api':
      return `api ${condition.apis.map(({ value }) => value).join(', ')}`
    case 'method':
      return `method ${condition.methods.join(', ')}`
    case 'header':
    case 'query':
    case 'claim':
      return `${condition.kind} ${condition.name}: ${condition.values === 'any' ? 'any' : condition.values.join(', ')}`
    default:
      return `${condition.kind} ${condition.values.join(', ')}`
  }
}
