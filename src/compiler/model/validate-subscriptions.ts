/** `validateSubscriptions` of an API or an issuer of postern.yaml. */
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode } from '../source/source-node.ts'
import type { Placed } from './types/placed.ts'

/** `null` where it is not said. What cannot be read is reported, and asks for a subscription. */
export function readValidateSubscriptions(object: ObjectNode, access: NodeAccess): Placed<boolean> | null {
  const node = entry(object, 'validateSubscriptions')
  return node === null ? null : { value: access.boolean(node) ?? true, at: node.at }
}
