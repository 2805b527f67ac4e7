/** What `x-postern` says at one level about telling the backend who calls, and what then holds for an operation. */
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode } from '../source/source-node.ts'
import type { ToldIdentity } from './types/backend-identity.ts'
import type { Placed } from './types/placed.ts'

export function readToldIdentity(postern: ObjectNode, access: NodeAccess): ToldIdentity {
  const said = (key: string): Placed<boolean> | null => {
    const node = entry(postern, key)
    const value = node === null ? null : access.boolean(node)
    return node === null || value === null ? null : { value, at: node.at }
  }
  return { token: said('backendToken'), fields: said('consumerFields'), credential: said('forwardCredential') }
}

export const nothingTold: ToldIdentity = { token: null, fields: null, credential: null }

/** @param levels the nearest first; it wins, key by key. */
export function nearestIdentity(levels: readonly ToldIdentity[]): ToldIdentity {
  const nearest = (key: keyof ToldIdentity): Placed<boolean> | null =>
    levels.map((level) => level[key]).find((said) => said !== null) ?? null
  return { token: nearest('token'), fields: nearest('fields'), credential: nearest('credential') }
}
