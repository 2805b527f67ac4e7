/** The capability `deny`: requests that are refused whatever credential comes with them, because of who calls, what is called, or from where. */

import type { DenyCapability } from '../capabilities.ts'
import { conditionFields, conditions, mayHold } from '../conditions/conditions.ts'
import type { Refusal } from '../exchange.ts'

const blocked: Refusal = { kind: 'caller-blocked', fields: '', reason: 'denied' }

export const denyCapability: DenyCapability = ({ plan, metrics }) => ({
  readFields: conditionFields(plan.deny.flat()),
  check: (operation, fields) => {
    // What is about other APIs need not be looked at for each request.
    const own = plan.deny.filter((entry) => mayHold(entry, operation.api))
    if (own.length === 0) return null
    const index = plan.operations.indexOf(operation)
    const entries = own.map((entry) => conditions(entry, plan, fields))
    return (exchange) => {
      for (const holds of entries) {
        if (!holds(exchange)) continue
        metrics.throttled(index, 'blocked')
        return blocked
      }
      return undefined
    }
  },
})
