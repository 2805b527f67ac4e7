/** `onStale`, of postern.yaml and of `x-postern`: what holds when nobody knows all that is revoked. */
import type { StaleRulePlan } from '../../contract/plan/revocation.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { ObjectNode } from '../source/source-node.ts'
import { durationAt } from './duration.ts'
import type { WrittenOnStale } from './types/revocation.ts'

/** Feeds are asked every half minute, so that two questions in a row may be in vain. */
const standard: StaleRulePlan = { after: 120_000, action: 'deny' }

export function readOnStale(object: ObjectNode, access: NodeAccess): WrittenOnStale {
  return {
    after: access.optional(object, 'after', (value) => durationAt(value, 5_000, 86_400_000, access)),
    action: access.optional(object, 'action', (value) => access.oneOf(value, ['deny', 'allow'])),
  }
}

/** What is not said is as it is further out. */
export function completeOnStale(written: WrittenOnStale | null, outer: StaleRulePlan = standard): StaleRulePlan {
  return { after: written?.after ?? outer.after, action: written?.action ?? outer.action }
}
