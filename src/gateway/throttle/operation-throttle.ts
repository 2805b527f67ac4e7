/** The limits of one operation. A request is counted by all of their windows, or by none of them and refused. */
import type { Surroundings } from '../capabilities/surroundings.ts'
import type { Exchange, Refusal } from '../exchange.ts'
import { refusalKinds, wholeSeconds } from '../limit-refusals.ts'
import { mustAsk, type SharedCounting, type StepEnd } from '../shared-counting.ts'
import { ByteMeter, type MeterParts } from './byte-meter.ts'
import type { CallerLimits, CallerTiers, OwnedLimit } from './caller-limits.ts'
import type { ConditionalLimit } from './conditional-limit.ts'
import type { CountedRequest } from './counted-request.ts'
import type { Counter } from './counter.ts'
import type { CounterTable } from './counter-table.ts'
import type { Times } from './counting-window.ts'
import type { CustomLimit } from './custom-limits.ts'
import type { KeyHash } from './key-hash.ts'
import { type RateLimitText, rateLimitText } from './rate-limit-fields.ts'
import { giveBack, type SpentNotes, uncounted } from './spent-quota.ts'

/** What all operations of a gateway share. */
export type ThrottleParts = {
  readonly surroundings: Surroundings
  readonly table: CounterTable
  readonly keys: KeyHash
  /** Overwritten by each request, as is `counted`: steps run to their end without a pause. */
  readonly times: Times
  readonly counted: CountedRequest
  readonly meter: MeterParts
  readonly spent: SpentNotes
  /** `null`: nobody else counts. */
  readonly shared: SharedCounting | null
}

/** What counts the requests of an operation. */
export type OperationCounters = {
  /** Of the API and of the operation. */
  readonly own: readonly Counter[]
  /** `null` where no caller's tier counts. */
  readonly callers: CallerTiers | null
  /** Of tiers that depend on the request; `null` where there is none. */
  readonly ofApi: ConditionalLimit | null
  readonly ofOperation: ConditionalLimit | null
  readonly custom: readonly CustomLimit[]
  /** Over all callers, by the backend that a request goes to. */
  readonly production: readonly Counter[]
  readonly sandbox: readonly Counter[]
  /** Some of all these ask what time it is outside. */
  readonly needsWallTime: boolean
}

/** The most groups that a tier can have, what holds otherwise, and none. */
const groupChoices = 18

export class OperationThrottle {
  readonly #parts: ThrottleParts
  readonly #operation: number
  readonly #api: number
  readonly #counters: OperationCounters
  /** Numbers that `#collect` can return. */
  readonly #choices: number
  /** By whose limits hold and which backend is asked. */
  readonly #texts: Map<number, RateLimitText> = new Map()
  readonly #alone: OperationThrottle | null

  /** `operation` and `api`: indexes in the plan. `alone`: the same by this gateway's own windows, where several count together. */
  constructor(parts: ThrottleParts, operation: number, api: number, counters: OperationCounters, alone: OperationThrottle | null) {
    this.#alone = alone
    this.#parts = parts
    this.#operation = operation
    this.#api = api
    this.#counters = counters
    const { ofApi, ofOperation, callers, custom } = counters
    this.#choices =
      ((ofApi?.size ?? 0) + 1) * ((ofOperation?.size ?? 0) + 1) * (callers === null ? 1 : groupChoices ** 2) * 2 ** custom.length
  }

  /** `asked`: how often the request has waited for those who count together, and since when the last time. */
  run(exchange: Exchange, asked: number = 0, since: number = 0): StepEnd {
    const { surroundings, table, times, counted } = this.#parts
    const { callers, needsWallTime } = this.#counters
    const caller = callers === null ? null : callers.of(exchange, this.#api)
    if (caller !== null && caller.refusal !== null) return caller.refusal
    times.monotonic = surroundings.clock.monotonic()
    times.asked = asked === 0 ? times.monotonic : since
    if (needsWallTime) times.wall = surroundings.clock.now()
    const toSandbox = exchange.target !== null && exchange.target === exchange.operation?.sandbox
    const chosen = this.#collect(exchange, caller, toSandbox)
    if (counted.size === 0) return undefined
    const text = this.#text(caller, toSandbox, chosen)
    for (let index = 0; index < counted.size; index++) {
      const low = counted.low[index]!
      const cell = table.lock(low, counted.high[index]!, times.monotonic)
      const remaining = admit(counted.counters[index]!, table, cell, times)
      table.unlock(low)
      if (remaining === mustAsk) return this.#ask(exchange, index, asked)
      if (remaining < 0) {
        const { whenUsedUp, level, tier } = counted.counters[index]!.limit
        if (whenUsedUp === 'refuse') return this.#refuse(exchange, index, text)
        exchange.overQuota = tier
        surroundings.metrics.overQuota(this.#operation, level)
      }
      counted.cell[index] = remaining < 0 ? uncounted : cell
      counted.remaining[index] = Math.max(0, remaining)
    }
    if (counted.metered) exchange.meter = new ByteMeter(this.#parts.meter, counted)
    const spent = this.#parts.spent.note(counted, times)
    // Its client may have gone while it waited.
    if (exchange.ended) spent.giveBack()
    else exchange.spent = spent
    exchange.answerFields += this.#fields(text)
    return undefined
  }

  #ask(exchange: Exchange, asking: number, asked: number): StepEnd {
    const { shared, counted, table, times } = this.#parts
    const alone = this.#alone
    const since = times.monotonic
    if (shared === null || alone === null) throw new Error('a window asks, and nobody counts together')
    for (let index = 0; index < asking; index++) this.#giveBack(index)
    return shared.ask({
      exchange,
      counted,
      table,
      times,
      asked,
      again: () => this.run(exchange, asked + 1, since),
      alone: () => ({ end: alone.run(exchange), counted: alone.#parts.counted }),
    })
  }

  /** In the order of the levels. Returns a number for which groups and custom limits hold. */
  #collect(exchange: Exchange, caller: CallerLimits | null, toSandbox: boolean): number {
    const { counted } = this.#parts
    const { own, ofApi, ofOperation, custom, production, sandbox } = this.#counters
    counted.size = 0
    counted.metered = false
    let chosen = ofApi === null ? 0 : this.#addGroup(ofApi, exchange)
    this.#add(own, exchange)
    if (ofOperation !== null) chosen = (ofOperation.size + 1) * chosen + this.#addGroup(ofOperation, exchange)
    if (caller !== null) {
      const { subscription, application } = caller
      if (subscription !== null) chosen = this.#addOwned(subscription, exchange, chosen)
      if (application !== null) chosen = this.#addOwned(application, exchange, chosen)
    }
    for (const limit of custom) chosen = 2 * chosen + (limit.collect(exchange, counted) ? 1 : 0)
    for (const counter of toSandbox ? sandbox : production) counted.add(counter, 0, 0)
    return chosen
  }

  /** Returns `chosen` with the group that holds, of the most that a tier can have. */
  #addOwned({ counters, groups, low, high }: OwnedLimit, exchange: Exchange, chosen: number): number {
    const { counted } = this.#parts
    if (groups === null) {
      for (const counter of counters) counted.add(counter, low, high)
      return chosen
    }
    const group = groups.choose(exchange)
    for (const counter of groups.countersOf(group)) counted.add(counter, low, high)
    return chosen * groupChoices + group
  }

  #addGroup(limit: ConditionalLimit, exchange: Exchange): number {
    const group = limit.choose(exchange)
    this.#add(limit.countersOf(group), exchange)
    return group
  }

  #add(counters: readonly Counter[], exchange: Exchange): void {
    const { keys, counted } = this.#parts
    for (const counter of counters) {
      if (counter.limit.by === 'api') {
        counted.add(counter, 0, 0)
        continue
      }
      const owner = counter.limit.by === 'address' ? exchange.caller : exchange.consumer
      if (!owner.hashed) keys.fill(owner)
      counted.add(counter, owner.hashLow, owner.hashHigh)
    }
  }

  /** Made once for each set of limits that can hold together. */
  #text(caller: CallerLimits | null, toSandbox: boolean, chosen: number): RateLimitText {
    const key = ((caller === null ? 0 : caller.number * 2) + (toSandbox ? 1 : 0)) * this.#choices + chosen
    const known = this.#texts.get(key)
    if (known !== undefined) return known
    const { counters, size } = this.#parts.counted
    const made = rateLimitText(counters.slice(0, size).map((counter) => ({ limit: counter!.limit, window: counter!.plan })))
    this.#texts.set(key, made)
    return made
  }

  #fields({ start, items }: RateLimitText): string {
    const { counted, times } = this.#parts
    let fields = start
    for (let index = 0; index < items.length; index++) {
      if (index > 0) fields += ', '
      fields += item(items[index]!, counted.remaining[index]!, counted.counters[index]!.window.reset(times))
    }
    return `${fields}\r\n`
  }

  #refuse(exchange: Exchange, refusing: number, { start, items }: RateLimitText): Refusal {
    const { counted, surroundings } = this.#parts
    for (let index = 0; index < refusing; index++) this.#giveBack(index)
    let longest = 0
    let slowest = refusing
    for (let index = refusing; index < counted.size; index++) {
      const wait = this.#wait(index)
      if (wait > longest) {
        longest = wait
        slowest = index
      }
    }
    exchange.answerFields += `${start}${item(items[slowest]!, 0, longest)}\r\n`
    const { level, tier } = counted.counters[refusing]!.limit
    surroundings.metrics.throttled(this.#operation, level)
    return { kind: refusalKinds[level], fields: `Retry-After: ${wholeSeconds(longest)}\r\n`, reason: tier }
  }

  #giveBack(index: number): void {
    const { table, times, counted } = this.#parts
    giveBack(table, counted.counters[index]!, counted.cell[index]!, counted.low[index]!, counted.high[index]!, times, times.monotonic)
  }

  #wait(index: number): number {
    const { table, times, counted } = this.#parts
    const low = counted.low[index]!
    const cell = table.lock(low, counted.high[index]!, times.monotonic)
    const wait = counted.counters[index]!.window.wait(table.cells, cell, times, 1)
    table.unlock(low)
    return wait
  }
}

/** How much is left after the request, or -1 where it may not pass. Its bytes are charged as they pass. */
function admit({ window, countsBytes }: Counter, { cells }: CounterTable, cell: number, times: Times): number {
  if (!countsBytes) return window.take(cells, cell, times, 1)
  const left = window.left(cells, cell, times)
  return left >= 1 || left === mustAsk ? left : -1
}

function item(name: string, remaining: number, reset: number): string {
  return `${name}${remaining};t=${wholeSeconds(reset)}`
}
