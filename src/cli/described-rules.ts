/** What protects an operation, in words. */
import type { ManifestOperation } from '../contract/manifest.ts'

type Limit = ManifestOperation['limits'][number]

export function describeSecurity({ security }: ManifestOperation): string {
  if (security.kind === 'public') return 'public'
  const alternatives = security.alternatives.map(({ scopes }) => (scopes.length === 0 ? 'any' : scopes.join(' and ')))
  const anonymous = security.anonymous ? ', or no credential' : ''
  return `token: ${alternatives.join(' or ')}${anonymous}`
}

export function describeWindows({ windows }: Limit): string {
  return windows.map(({ requests, windowSeconds, algorithm }) => `${requests} per ${seconds(windowSeconds)} (${algorithm})`).join(' and ')
}

const counted: Readonly<Record<string, string>> = {
  consumer: 'for each consumer',
  api: 'for all callers together',
  address: 'for each address',
}

export function describeLimit(limit: Limit): string {
  const over = limit.level === 'api' ? 'over the API' : 'over this operation'
  return `${limit.tier}: ${describeWindows(limit)}, ${over}, ${counted[limit.by] ?? limit.by}`
}

export function describeBytes(bytes: number): string {
  if (bytes % 1_048_576 === 0) return `${bytes / 1_048_576} MiB`
  if (bytes % 1024 === 0) return `${bytes / 1024} KiB`
  return `${bytes} bytes`
}

export function describeMilliseconds(milliseconds: number): string {
  return seconds(milliseconds / 1000)
}

function seconds(value: number): string {
  if (value % 86_400 === 0) return `${value / 86_400}d`
  if (value % 3600 === 0) return `${value / 3600}h`
  if (value % 60 === 0) return `${value / 60}m`
  return value < 1 ? `${value * 1000}ms` : `${value}s`
}
