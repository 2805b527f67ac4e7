/** What is asked of a request beside its route: where it comes from, what its fields, query and token say, who calls. */
import type { ConditionPlan } from '../../contract/plan/condition.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { claimReader, identifierText } from '../claim-reader.ts'
import type { Exchange } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import { AddressRanges } from '../listener/address-ranges.ts'
import { unknownAddress } from '../listener/client-address.ts'
import { applicationIds, callerClaims, consumers, userNames } from './caller-names.ts'
import { RequestValues } from './request-values.ts'

export type Condition = (exchange: Exchange) => boolean

/**
 * All of them must hold. One that asks for an address does not hold where nobody can tell it, and does below `not`: the caller is outside of
 * all ranges.
 */
export function conditions(plans: readonly ConditionPlan[], plan: GatewayPlan, fields: RequestFields): Condition {
  return allOf(plans.map((each) => negatable(each, plan, fields)))
}

/** The same for what refuses or counts requests: where nobody can tell an address, whatever asks for one holds. */
export function confiningConditions(plans: readonly ConditionPlan[], plan: GatewayPlan, fields: RequestFields): Condition {
  return allOf(
    plans.map((each) => {
      const holds = negatable(each, plan, fields)
      return each.kind === 'address' ? (exchange) => exchange.address === unknownAddress || holds(exchange) : holds
    }),
  )
}

function allOf(all: readonly Condition[]): Condition {
  return (exchange) => {
    for (const holds of all) if (!holds(exchange)) return false
    return true
  }
}

function negatable(plan: ConditionPlan, gateway: GatewayPlan, fields: RequestFields): Condition {
  const holds = condition(plan, gateway, fields)
  return plan.negated ? (exchange) => !holds(exchange) : holds
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
      const ranges = new AddressRanges(plan.ranges)
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
      if (slot === -1) throw new Error(`a condition asks for the field ${plan.name}, which is not read`)
      const wanted = setOf(plan.values)
      return (exchange) => isAmong(RequestValues.of(exchange).field(slot), wanted)
    }
    case 'query': {
      const wanted = setOf(plan.values)
      return (exchange) => isAmong(RequestValues.of(exchange).query(plan.name), wanted)
    }
    case 'claim': {
      const read = claimReader(plan.name)
      const wanted = setOf(plan.values)
      return ofCaller(callerClaims, (claims) => isAmong(claimValues(read(claims)), wanted), plan.negated)
    }
    case 'application':
      return ofCaller(applicationIds(gateway), isOneOf(plan.values), plan.negated)
    case 'user':
      return ofCaller(userNames(gateway), isOneOf(plan.values), plan.negated)
    case 'consumer':
      return ofCaller(consumers, isOneOf(plan.values), plan.negated)
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

function isOneOf(values: readonly string[]): (value: string) => boolean {
  const wanted = new Set(values)
  return (value) => wanted.has(value)
}

function setOf(values: readonly string[] | 'any'): ReadonlySet<string> | 'any' {
  return values === 'any' ? values : new Set(values)
}

/** `any`: there is one. The shorter of the two lists is gone through. */
function isAmong(values: ReadonlySet<string>, wanted: ReadonlySet<string> | 'any'): boolean {
  if (wanted === 'any') return values.size > 0
  return values.size <= wanted.size ? hasOne(wanted, values) : hasOne(values, wanted)
}

function hasOne(set: ReadonlySet<string>, of: ReadonlySet<string>): boolean {
  for (const value of of) if (set.has(value)) return true
  return false
}

function claimValues(claim: unknown): ReadonlySet<string> {
  const all: readonly unknown[] = Array.isArray(claim) ? claim : [claim]
  return new Set(all.flatMap((value) => (typeof value === 'boolean' ? String(value) : (identifierText(value) ?? []))))
}
