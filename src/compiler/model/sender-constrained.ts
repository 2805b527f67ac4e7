/** `issuers[].senderConstrained`: what the tokens of an issuer are bound to, so that nobody who copied one can use it. */
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { checkProjectKeys, senderConstrainedKeys } from './project-keys.ts'
import type { SenderConstrained } from './types/issuer.ts'

const bindings = ['certificate', 'dpop'] as const

type Binding = (typeof bindings)[number]

/** One word, or `{ by: [certificate, dpop], required: false }`. */
export function readSenderConstrained(node: SourceNode, access: NodeAccess): SenderConstrained | null {
  if (node.kind !== 'object') {
    const binding = access.oneOf(node, bindings)
    return binding === null ? null : constrained([binding], true, node)
  }
  checkProjectKeys(node, senderConstrainedKeys, access)
  const by = access.required(node, 'by', (value) => readBindings(value, access))
  const required = entry(node, 'required')
  // What cannot be read is asked for.
  return by === null ? null : constrained(by, required === null || access.boolean(required) !== false, node)
}

function readBindings(node: SourceNode, access: NodeAccess): readonly Binding[] | null {
  const list = access.array(node)
  if (list === null) return null
  if (list.items.length === 0) return access.refuse(list, '`by` is empty', 'Write `[certificate]`, `[dpop]` or both.')
  const read = list.items.map((item) => access.oneOf(item, bindings))
  return read.every((binding) => binding !== null) ? read : null
}

function constrained(by: readonly Binding[], required: boolean, node: SourceNode): SenderConstrained {
  return { certificate: by.includes('certificate'), dpop: by.includes('dpop'), required, at: node.at }
}
