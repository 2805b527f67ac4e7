/** The capability `cors`: pages of other origins that may read answers (WHATWG Fetch §3.3). */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { CorsCapability, OperationCors, Preflight } from '../capabilities/cors.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import { CorsPolicy, type CorsSlots } from './cors-policy.ts'

const readFields = ['origin', 'access-control-request-method', 'access-control-request-headers'] as const

export const corsCapability: CorsCapability = ({ plan }) => ({
  readFields,
  open: (fields) => {
    const slots = slotsOf(fields)
    const policies = plan.cors.map((policy) => new CorsPolicy(policy, slots))
    const of = ({ cors }: OperationPlan): OperationCors | null => (cors === null ? null : policies[cors]!)
    return { of, preflight: preflightFor(slots) }
  },
})

function slotsOf(fields: RequestFields): CorsSlots {
  const [origin, method, headers] = readFields.map((name) => fields.slot(name)) as [number, number, number]
  return { origin, method, headers }
}

/** The operation that the browser means to call decides, and not one for OPTIONS. */
function preflightFor(slots: CorsSlots): Preflight {
  return (exchange, methods) => {
    const { head } = exchange
    if (head.occurrences(slots.origin) === 0 || head.occurrences(slots.method) !== 1) return undefined
    const operation = methods.byMethod.get(head.value(slots.method)!)
    if (operation === undefined || operation.cors === null) return undefined
    exchange.operation = operation
    operation.cors.preflight(exchange, operation.plan.method)
    return 'no-content'
  }
}
