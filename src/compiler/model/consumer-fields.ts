/** `consumerFields` of postern.yaml: plain fields that tell backends who calls. */
import type { ConsumerFact, ConsumerFieldPlan } from '../../contract/plan/backend-identity.ts'
import { nearestName } from '../source/nearest-name.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { backendField } from './backend-field.ts'
import type { ConsumerFields } from './types/backend-identity.ts'

export const consumerFacts = [
  'consumer',
  'subject',
  'client',
  'scopes',
  'application',
  'applicationName',
  'applicationTier',
  'subscriber',
  'tier',
  'keyType',
  'api',
  'apiVersion',
] as const satisfies readonly ConsumerFact[]

const claimPrefix = 'claims.'

/** @param tokenHeader the field of the backend's token; `null` where there is none. */
export function readConsumerFields(node: SourceNode, tokenHeader: string | null, access: NodeAccess): ConsumerFields | null {
  const object = access.object(node)
  if (object === null) return null
  const fields: ConsumerFieldPlan[] = []
  for (const [key, { value: written }] of object.entries) {
    const name = backendField(key, written, access)
    const value = readValue(written, access)
    if (name === null || value === null) continue
    if ([tokenHeader, ...fields.map((field) => field.name)].some((known) => known?.toLowerCase() === name.toLowerCase()))
      access.refuse(written, `the field \`${name}\` is there already, as another field or in another case`)
    else fields.push({ name, value })
  }
  return { fields, at: object.at }
}

function readValue(node: SourceNode, access: NodeAccess): ConsumerFieldPlan['value'] | null {
  const text = access.text(node)
  if (text === null) return null
  if (text.startsWith(claimPrefix) && text.length > claimPrefix.length) return { kind: 'claim', name: text.slice(claimPrefix.length) }
  const fact = consumerFacts.find((each) => each === text)
  if (fact !== undefined) return { kind: 'fact', fact }
  const nearest = nearestName(text, consumerFacts)
  const hint =
    nearest === null ? `Write one of ${consumerFacts.join(', ')}, or \`claims.\` and the name of a claim.` : `Did you mean \`${nearest}\`?`
  return access.refuse(node, 'the gateway knows nothing of that name about callers', hint)
}
