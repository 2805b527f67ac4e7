/** What is asked of a request beside its route: where it comes from, what its fields, query and token say, who calls. */
import type { ConditionPlan, GatewayPlan } from '../../contract/plan.ts'
import { claimReader, identifierText } from '../claim-reader.ts'
import type { Exchange } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import { TrustedProxies } from '../listener/client-address.ts'
import { applicationIds, callerClaims, consumers, userNames } from './caller-names.ts'
import { queryValues } from './query-values.ts'

export type Condition = (exchange: Exchange) => boolean

/** All of them must hold. */
export function conditions(plans: readonly ConditionPlan[], plan: GatewayPlan, fields: RequestFields): Condition {
  const all = plans.map((each) => {
    const holds = condition(each, plan, fields)
    return each.negated ? (exchange: Exchange) => !holds(exchange) : holds
  })
  return (exchange) => {
    for (const holds of all) if (!holds(exchange)) return false
    return true
  }
}

/** False where they cannot hold for requests of this API, an index in the plan. */
export function mayHold(plans: readonly ConditionPlan[], api: number): boolean {
  return plans.every((each) => each.kind !== 'api' || each.apis.includes(api) !== each.negated)
}

/** Lower-case names of the fields that conditions read. */
export function conditionFields(plans: readonly ConditionPlan[]): readonly string[] {
  return plans.flatMap((plan) => (plan.kind === 'header' ? [plan.name] : []))
}

function condition(plan: ConditionPlan, gateway: GatewayPlan, fields: RequestFields): Condition {
  switch (plan.kind) {
    case 'address': {
      const ranges = new TrustedProxies(plan.ranges)
      return ({ address }) => ranges.includes(address)
    }
    case 'api': {
      const apis = new Set(plan.apis)
      return ({ operation }) => operation !== null && apis.has(operation.plan.api)
    }
    case 'method': {
      const methods = new Set<string>(plan.methods)
      return ({ head }) => methods.has(head.method)
    }
    case 'header': {
      const slot = fields.slot(plan.name)
      return ({ head }) => isAmong(headerValues(head.values(slot)), plan.values)
    }
    case 'query':
      return ({ query }) => isAmong(queryValues(query, plan.name), plan.values)
    case 'claim': {
      const read = claimReader(plan.name)
      return ofCaller(callerClaims, (claims) => isAmong(claimValues(read(claims)), plan.values), plan.negated)
    }
    case 'application':
      return ofCaller(applicationIds(gateway), (id) => plan.values.includes(id), plan.negated)
    case 'user':
      return ofCaller(userNames(gateway), (name) => plan.values.includes(name), plan.negated)
    case 'consumer':
      return ofCaller(consumers, (key) => plan.values.includes(key), plan.negated)
  }
}

/**
 * Where several credentials are asked for together, none of them hides what another says. Below `not` it is the other way round: what excuses a
 * request must be said by the one that tells who is calling.
 */
function ofCaller<Said>(read: (exchange: Exchange) => readonly Said[], fits: (said: Said) => boolean, negated: boolean): Condition {
  if (!negated) return (exchange) => read(exchange).some(fits)
  return (exchange) => read(exchange).slice(0, 1).some(fits)
}

/** `any`: there is one. */
function isAmong(values: readonly string[], wanted: readonly string[] | 'any'): boolean {
  return wanted === 'any' ? values.length > 0 : values.some((value) => wanted.includes(value))
}

/** The whole of it, and what stands between commas: lines of one name may be joined on the way (RFC 9110 §5.3). */
function headerValues(text: string | undefined): readonly string[] {
  if (text === undefined) return []
  return text.includes(',') ? [text, ...text.split(',').map((part) => part.trim())] : [text]
}

function claimValues(claim: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(claim) ? claim : [claim]
  return all.flatMap((value) => (typeof value === 'boolean' ? String(value) : (identifierText(value) ?? [])))
}
