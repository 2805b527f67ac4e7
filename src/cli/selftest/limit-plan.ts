/** What the certificate says one caller may ask of an operation, as numbers of requests that this command can send. */
import type { ManifestLimit } from '../../contract/manifest/limit.ts'
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { LimitLevel } from '../../contract/plan/limit.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { RefusalKind } from '../../contract/refusals.ts'
import type { WayIn } from './ways-in.ts'

/** Amounts up to this stand as they are. */
export const largestAmount = 20

const refusalOf: Readonly<Record<LimitLevel, RefusalKind>> = {
  api: 'api-quota',
  operation: 'operation-quota',
  subscription: 'subscription-quota',
  application: 'application-quota',
  custom: 'custom-quota',
  backend: 'hard-limit',
}

/** Larger amounts become the next small ones in the same order, so that whichever is the least stays the least. */
export function scaleOf(plan: GatewayPlan, manifest: Manifest): ReadonlyMap<number, number> {
  const planned = plan.throttling.limits.flatMap(({ windows }) =>
    windows.flatMap((window) => [window.amount, ...(window.algorithm === 'gcra' ? [window.burst] : [])]),
  )
  const certified = limitsIn(manifest).flatMap(({ windows }) =>
    windows.flatMap(({ amount, burst }) => [amount, ...(burst === null ? [] : [burst])]),
  )
  const large = [...new Set([...planned, ...certified])].filter((amount) => amount > largestAmount).toSorted((one, other) => one - other)
  return new Map(large.map((amount, rank) => [amount, largestAmount + 1 + rank]))
}

function limitsIn({ operations, throttling }: Manifest): readonly ManifestLimit[] {
  return [
    ...operations.flatMap(({ limits }) => limits),
    ...(throttling?.subscription?.tiers ?? []),
    ...(throttling?.application?.tiers ?? []),
    ...(throttling?.custom.map(({ limit }) => limit) ?? []),
    ...(throttling?.unauthenticated ?? []),
  ]
}

/** How many requests of one caller pass at once, and what the next one gets. */
export type LimitTest = {
  readonly limit: ManifestLimit
  /** As certified, and as it stands in this run. */
  readonly certified: number
  readonly amount: number
  readonly as: RefusalKind
  /** Others count with the caller, so that what they used up must have come back. */
  readonly shared: boolean
  /** Milliseconds after which nothing is left of what was counted. */
  readonly forgottenAfter: number
}

export type LimitPlanned =
  | { readonly kind: 'none' }
  | { readonly kind: 'not-tried'; readonly why: string }
  | ({ readonly kind: 'test' } & LimitTest)

export function limitTestOf(operation: ManifestOperation, way: WayIn, manifest: Manifest, scale: (amount: number) => number): LimitPlanned {
  const { sure, unsure } = limitsFor(operation, way, manifest)
  const counted = sure.flatMap((limit) => amountsOf(limit).map((certified) => ({ limit, certified, amount: scale(certified) })))
  const least = Math.min(...counted.map(({ amount }) => amount))
  const first = counted.find(({ amount }) => amount === least)
  const unsureLeast = Math.min(...unsure.flatMap(amountsOf).map(scale))
  if (unsure.length > 0 && unsureLeast <= least)
    return { kind: 'not-tried', why: 'the least limit depends on the request or on the caller’s credential' }
  if (first === undefined) {
    const bytes = operation.limits.some(({ windows }) => windows.some(({ unit }) => unit === 'bytes'))
    return bytes ? { kind: 'not-tried', why: 'limits of bytes are compared with the certificate, and not used up' } : { kind: 'none' }
  }
  return {
    kind: 'test',
    ...first,
    as: refusalOf[first.limit.level],
    shared: sure.some(({ by }) => by === 'api' || by === 'key'),
    forgottenAfter: Math.max(...sure.flatMap(({ windows }) => windows.map(lengthOf))),
  }
}

function limitsFor(operation: ManifestOperation, way: WayIn, { throttling }: Manifest): { sure: ManifestLimit[]; unsure: ManifestLimit[] } {
  const backend = operation.backends.production === null ? 'sandbox' : 'production'
  const sure: ManifestLimit[] = []
  const unsure: ManifestLimit[] = []
  for (const limit of operation.limits) {
    if (limit.whenUsedUp === 'mark' || (limit.backend !== null && limit.backend !== backend)) continue
    if (limit.conditions.length > 0) unsure.push(limit)
    else if (limit.level !== 'backend') sure.push(limit)
  }
  if (operation.callerLimits && throttling !== null) {
    if (way.needs.size === 0) {
      for (const limit of throttling.unauthenticated) (limit.conditions.length > 0 ? unsure : sure).push(limit)
    } else {
      for (const level of [throttling.subscription, throttling.application]) {
        if (level === null) continue
        // What an API key says of its tier, the certificate does not tell.
        if (way.needs.has('apiKey') || way.needs.has('basic')) unsure.push(...level.tiers)
        else {
          for (const limit of level.tiers.filter(({ tier }) => tier === level.otherwise))
            (limit.conditions.length > 0 ? unsure : sure).push(limit)
        }
      }
    }
  }
  for (const { limit, conditions } of operation.limits.length > 0 || operation.callerLimits ? (throttling?.custom ?? []) : []) {
    if (conditions.length === 0) sure.push(limit)
    else unsure.push(limit)
  }
  sure.push(
    ...operation.limits.filter(({ level, backend: own, whenUsedUp }) => level === 'backend' && own === backend && whenUsedUp === 'refuse'),
  )
  return { sure: sure.filter(({ whenUsedUp }) => whenUsedUp === 'refuse'), unsure }
}

/** How many pass at once: of an even rate, what may be saved up. */
function amountsOf({ windows }: ManifestLimit): readonly number[] {
  return windows.flatMap(({ unit, amount, burst }) => (unit === 'bytes' ? [] : [burst ?? amount]))
}

const day = 86_400_000
const calendarDays = { day: 1, month: 31, year: 366 } as const

/** Twice its length, for windows that begin anywhere. */
function lengthOf({ windowSeconds, calendar, amount, burst }: ManifestLimit['windows'][number]): number {
  if (calendar !== null) return 2 * day * calendarDays[calendar.period]
  return 2 * 1000 * (windowSeconds ?? 0) * Math.max(1, (burst ?? 0) / amount) + 1000
}
