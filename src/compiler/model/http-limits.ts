/** `limits` of postern.yaml: bounds on what strangers may send, and on what the gateway holds. */
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { sizeAt } from './size.ts'
import type { HttpLimits } from './types/bounds.ts'

type Bound = { readonly kind: 'size' | 'count'; readonly default: number; readonly least: number; readonly most: number }

const kib = 1024
const mib = 1024 * kib
const gib = 1024 * mib

/** Sizes in bytes. */
export const httpLimitBounds = {
  maxHead: { kind: 'size', default: 16 * kib, least: kib, most: mib },
  maxFields: { kind: 'count', default: 100, least: 10, most: 1000 },
  maxTarget: { kind: 'size', default: 8 * kib, least: 256, most: 64 * kib },
  maxBody: { kind: 'size', default: 10 * mib, least: 0, most: 100 * gib },
  maxConnections: { kind: 'count', default: 10_000, least: 1, most: 1_000_000 },
  maxUpstreamConnections: { kind: 'count', default: 256, least: 1, most: 60_000 },
  maxUpstreamWaiting: { kind: 'count', default: 1024, least: 0, most: 1_000_000 },
  maxTunnels: { kind: 'count', default: 1000, least: 1, most: 60_000 },
  maxConsumers: { kind: 'count', default: 100_000, least: 1, most: 10_000_000 },
  maxRevocations: { kind: 'count', default: 1_000_000, least: 1000, most: 20_000_000 },
} as const satisfies Readonly<Record<keyof HttpLimits, Bound>>

/** @param node the value of `limits`; `null` where the project does not have it. */
export function readHttpLimits(node: SourceNode | null, access: NodeAccess): HttpLimits {
  const object = node === null ? null : access.object(node)
  if (object !== null) access.checkKeys(object, Object.keys(httpLimitBounds))
  const limit = (name: keyof HttpLimits): number => {
    const { kind, default: standard, least, most } = httpLimitBounds[name]
    if (object === null) return standard
    const read = (value: SourceNode): number | null =>
      kind === 'size' ? sizeAt(value, least, most, access) : access.integer(value, least, most)
    return access.optional(object, name, read) ?? standard
  }
  return {
    maxHead: limit('maxHead'),
    maxFields: limit('maxFields'),
    maxTarget: limit('maxTarget'),
    maxBody: { value: limit('maxBody'), at: (object === null ? null : entry(object, 'maxBody'))?.at ?? null },
    maxConnections: limit('maxConnections'),
    maxUpstreamConnections: limit('maxUpstreamConnections'),
    maxUpstreamWaiting: limit('maxUpstreamWaiting'),
    maxTunnels: limit('maxTunnels'),
    maxConsumers: limit('maxConsumers'),
    maxRevocations: limit('maxRevocations'),
  }
}
