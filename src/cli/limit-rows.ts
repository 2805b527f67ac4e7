/** Every limit of a gateway, as rows of a table. */
import type { ManifestLimit } from '../contract/manifest/limit.ts'
import type { Manifest } from '../contract/manifest.ts'
import { describeBy, describeWindows } from './described-rules.ts'

/** What one limit counts, beside by whom. */
export type CountedLimit = { readonly limit: ManifestLimit; readonly of: string }

/** In the order in which they are checked; what operations share stands once. */
export function countedLimits({ operations, throttling }: Manifest): readonly CountedLimit[] {
  const found = new Map<string, CountedLimit>()
  const add = (limit: ManifestLimit, of: string): unknown => found.set(JSON.stringify([limit, of]), { limit, of })
  for (const operation of operations) {
    for (const limit of operation.limits) add(limit, countedOf(limit, operation.api, operation.id))
  }
  if (throttling !== null) {
    const { subscription, application, unauthenticated, custom } = throttling
    for (const limit of subscription?.tiers ?? []) add(limit, 'each API')
    for (const limit of unauthenticated) add(limit, 'each API, without a credential')
    for (const limit of application?.tiers ?? []) add(limit, 'all APIs')
    for (const { limit, key, conditions } of custom) add(limit, customOf(key, conditions))
  }
  return order.flatMap((level) => [...found.values()].filter(({ limit }) => limit.level === level))
}

export function limitRows(manifest: Manifest): string[][] {
  return countedLimits(manifest).map(({ limit, of }) => [
    limit.level,
    of,
    limit.conditions.length === 0 ? limit.tier : `${limit.tier} (${limit.conditions.join(' and ')})`,
    describeWindows(limit),
    describeBy(limit),
    limit.definedAt,
    [...new Set(limit.windows.map(({ exactness }) => exactness))].join('; '),
  ])
}

const order: readonly ManifestLimit['level'][] = ['api', 'operation', 'subscription', 'application', 'custom', 'backend']

function customOf(key: readonly string[], conditions: readonly string[]): string {
  const whom = key.length === 0 ? 'all requests' : `by ${key.join(', ')}`
  return conditions.length === 0 ? whom : `${whom}, where ${conditions.join(' and ')}`
}

function countedOf({ level, backend }: ManifestLimit, api: string, operation: string): string {
  switch (level) {
    case 'operation':
      return operation
    case 'backend':
      return `${api}, ${backend} backend`
    default:
      return api
  }
}
