/** One operation's requests, as a Traffic Manager has decided about their keys. What it does not count is counted here as ever. */
import type { Surroundings } from '../capabilities/surroundings.ts'
import { callerBlocked } from '../conditions/caller-blocked.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import { refusalKinds, wholeSeconds } from '../limit-refusals.ts'
import type { StepEnd } from '../shared-counting.ts'
import type { CallerKeys, Lookup, OperationKeys } from './caller-keys.ts'
import type { Decisions } from './decisions.ts'
import type { EventQueue } from './event-queue.ts'
import type { Hearing } from './hearing.ts'

export type ManagedParts = {
  readonly surroundings: Surroundings
  readonly hearing: Hearing
  readonly decisions: Decisions
  readonly events: EventQueue
  readonly figures: { readonly away: number; judgedAway: number }
  readonly whenAway: 'local' | 'deny' | 'allow'
}

const unknown: Refusal = { kind: 'quota-unknown', fields: 'Retry-After: 1\r\n', reason: 'throttle-store' }

export class ManagedThrottle {
  readonly #parts: ManagedParts
  readonly #operation: number
  readonly #keys: OperationKeys
  /** What the manager does not count; `null` where that is nothing. */
  readonly #rest: Step | null
  /** All of it, for as long as the manager is away. */
  readonly #alone: Step | null

  constructor(parts: ManagedParts, operation: number, keys: OperationKeys, rest: Step | null, alone: Step | null) {
    this.#parts = parts
    this.#operation = operation
    this.#keys = keys
    this.#rest = rest
    this.#alone = alone
  }

  run(exchange: Exchange): StepEnd {
    const { figures, events, whenAway, surroundings } = this.#parts
    const isAway = figures.away === 1
    if (isAway) figures.judgedAway++
    if (isAway && whenAway === 'deny') return unknown
    const keys = this.#keys.of(exchange)
    if ('kind' in keys) return keys
    if (keys.blocked) {
      surroundings.metrics.throttled(this.#operation, 'blocked')
      return callerBlocked
    }
    if (isAway) return whenAway === 'local' ? this.#alone?.(exchange) : this.#rest?.(exchange)
    const refusal = this.#judge(keys, exchange)
    if (refusal !== undefined) return refusal
    const end = this.#rest?.(exchange)
    if (end === undefined) events.add({ messageID: exchange.requestId, ...keys.event })
    return end
  }

  #judge(keys: CallerKeys, exchange: Exchange): Refusal | undefined {
    const { hearing, decisions, surroundings } = this.#parts
    // It is read first: what comes while keys are looked for is looked for with the next request.
    const { epoch } = hearing
    if (keys.epoch === epoch) return undefined
    const now = surroundings.clock.now()
    let isThrottled = false
    for (const lookup of keys.lookups) {
      const until = decisions.until(lookup.words)
      if (until <= now) continue
      isThrottled = true
      if (lookup.whenUsedUp === 'refuse') return this.#refuse(lookup, until - now)
      exchange.overQuota = lookup.tier
      surroundings.metrics.overQuota(this.#operation, lookup.level)
    }
    if (!isThrottled) keys.epoch = epoch
    return undefined
  }

  #refuse({ level, tier }: Lookup, wait: number): Refusal {
    this.#parts.surroundings.metrics.throttled(this.#operation, level)
    return { kind: refusalKinds[level], fields: `Retry-After: ${wholeSeconds(wait)}\r\n`, reason: tier }
  }
}
