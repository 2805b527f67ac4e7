/** Limits of which the project says itself whom they count: by a key that is made of what a request says, where its conditions hold. */
import type { CustomLimitPlan, KeySelectorPlan } from '../../contract/plan/conditional-limit.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { claimReader, firstOf, identifierText } from '../claim-reader.ts'
import { applicationIds, userNames } from '../conditions/caller-names.ts'
import { type Condition, conditionFields, confiningConditions } from '../conditions/conditions.ts'
import { RequestValues } from '../conditions/request-values.ts'
import type { Exchange } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import { callerKey } from '../listener/client-address.ts'
import type { CountedRequest } from './counted-request.ts'
import type { Counter } from './counter.ts'
import type { KeyHash } from './key-hash.ts'

type Selector = (exchange: Exchange) => string

/** Characters of a value that tell keys apart; what is longer counts with all that begins alike. */
const longestValue = 256

export class CustomLimit {
  readonly #holds: Condition
  readonly #selectors: readonly Selector[]
  readonly #counters: readonly Counter[]
  readonly #keys: KeyHash

  constructor(plan: CustomLimitPlan, counters: readonly Counter[], gateway: GatewayPlan, fields: RequestFields, keys: KeyHash) {
    this.#holds = confiningConditions(plan.conditions, gateway, fields)
    this.#selectors = plan.key.map((selector) => selectorOf(selector, gateway, fields))
    this.#counters = counters
    this.#keys = keys
  }

  /** Adds what counts the request. False where it is not about this request. */
  collect(exchange: Exchange, counted: CountedRequest): boolean {
    if (!this.#holds(exchange)) return false
    let text = ''
    for (const select of this.#selectors) {
      const value = select(exchange).slice(0, longestValue)
      // With its length in front, no two lists of values have the same text.
      text += `${value.length}:${value}`
    }
    const { low, high } = this.#keys.custom(text)
    for (const counter of this.#counters) counted.add(counter, low, high)
    return true
  }
}

/** Lower-case names of the fields that they read. */
export function customFields(plans: readonly CustomLimitPlan[]): readonly string[] {
  return plans.flatMap(({ key, conditions: asked }) => [
    ...conditionFields(asked),
    ...key.flatMap((selector) => (selector.kind === 'header' ? [selector.name] : [])),
  ])
}

/** What a request does not say is empty, and counts together. */
function selectorOf(plan: KeySelectorPlan, gateway: GatewayPlan, fields: RequestFields): Selector {
  switch (plan.kind) {
    case 'consumer':
      return ({ consumer }) => consumer.key
    case 'application': {
      const read = applicationIds(gateway)
      return (exchange) => read(exchange)[0] ?? ''
    }
    case 'user': {
      const read = userNames(gateway)
      return (exchange) => read(exchange)[0] ?? ''
    }
    case 'api': {
      const names = gateway.apis.map(({ name, version }) => `${name} ${version}`)
      return ({ operation }) => (operation === null ? '' : names[operation.plan.api]!)
    }
    case 'operation':
      return ({ operation }) => operation?.plan.id ?? ''
    case 'address':
      return ({ address }) => callerKey(address)
    case 'header': {
      const slot = fields.slot(plan.name)
      return ({ head }) => head.values(slot) ?? ''
    }
    case 'query':
      return (exchange) => [...RequestValues.of(exchange).query(plan.name)].join()
    case 'claim': {
      const read = claimReader(plan.name)
      return ({ token, apiKey }) => {
        const claims = (token ?? apiKey)?.claims ?? null
        return claims === null ? '' : (identifierText(firstOf(read(claims))) ?? '')
      }
    }
  }
}
