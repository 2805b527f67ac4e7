import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Placed } from './types/placed.ts'

/** Text that is not empty, with its place; anything else is reported. */
export function placedText(node: SourceNode, access: NodeAccess): Placed<string> | null {
  const value = access.text(node)
  return value === null ? null : { value, at: node.at }
}
