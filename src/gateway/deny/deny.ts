/** The capability `deny`: requests that are refused whatever credential comes with them, because of who calls, what is called, or from where. */

import type { DenyCapability } from '../capabilities/deny.ts'
import { callerBlocked } from '../conditions/caller-blocked.ts'
import { type Condition, conditionFields, confiningConditions, mayHold } from '../conditions/conditions.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import { joinedEntries } from './joined-entries.ts'

export const denyCapability: DenyCapability = ({ plan, metrics }) => {
  /** By API: a long list is made ready once, and not for each operation. */
  const ready = new Map<number, readonly Condition[]>()
  const entriesOf = (api: number, fields: RequestFields): readonly Condition[] => {
    // Which API it is need not be looked at for each request.
    const own = plan.deny.filter((entry) => mayHold(entry, api))
    const withoutApi = own.map((entry) => entry.filter(({ kind }) => kind !== 'api'))
    return joinedEntries(withoutApi).map((entry) => confiningConditions(entry, plan, fields))
  }
  return {
    readFields: conditionFields(plan.deny.flat()),
    check: (operation, fields) => {
      const entries = ready.get(operation.api) ?? entriesOf(operation.api, fields)
      ready.set(operation.api, entries)
      if (entries.length === 0) return null
      const index = plan.operations.indexOf(operation)
      return (exchange) => {
        for (const holds of entries) {
          if (!holds(exchange)) continue
          metrics.throttled(index, 'blocked')
          return callerBlocked
        }
        return undefined
      }
    },
  }
}
