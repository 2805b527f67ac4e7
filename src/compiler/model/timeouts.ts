/** `timeouts` of postern.yaml. */
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { durationAt, durationOrOffAt } from './duration.ts'
import type { Timeouts } from './types/bounds.ts'
import type { Decided } from './types/placed.ts'

type Bound = { readonly default: number; readonly least: number; readonly most: number; readonly mayBeOff: boolean }

const second = 1000
const hour = 3600 * second

/** Milliseconds; 0 is off. */
export const timeoutBounds = {
  head: { default: 10 * second, least: 100, most: hour, mayBeOff: false },
  bodyIdle: { default: 30 * second, least: 100, most: hour, mayBeOff: false },
  keepAlive: { default: 75 * second, least: 100, most: hour, mayBeOff: false },
  connect: { default: 5 * second, least: 50, most: hour, mayBeOff: false },
  upstreamIdle: { default: 30 * second, least: 100, most: hour, mayBeOff: false },
  upstreamLife: { default: 300 * second, least: second, most: 24 * hour, mayBeOff: true },
  answer: { default: 60 * second, least: 50, most: 24 * hour, mayBeOff: false },
  exchange: { default: 0, least: 100, most: 24 * hour, mayBeOff: true },
} as const satisfies Readonly<Record<keyof Timeouts, Bound>>

/** @param node the value of `timeouts`; `null` where the project does not have it. */
export function readTimeouts(node: SourceNode | null, access: NodeAccess): Timeouts {
  const object = node === null ? null : access.object(node)
  if (object !== null) access.checkKeys(object, Object.keys(timeoutBounds))
  const timeout = (name: keyof Timeouts): number => {
    const { default: standard, least, most, mayBeOff } = timeoutBounds[name]
    if (object === null) return standard
    const read = (value: SourceNode): number | null => (mayBeOff ? durationOrOffAt : durationAt)(value, least, most, access)
    return access.optional(object, name, read) ?? standard
  }
  const placed = (name: keyof Timeouts): Decided<number> => ({
    value: timeout(name),
    at: (object === null ? null : entry(object, name))?.at ?? null,
  })
  return {
    head: timeout('head'),
    bodyIdle: timeout('bodyIdle'),
    keepAlive: timeout('keepAlive'),
    connect: timeout('connect'),
    upstreamIdle: timeout('upstreamIdle'),
    upstreamLife: timeout('upstreamLife'),
    answer: placed('answer'),
    exchange: placed('exchange'),
  }
}
