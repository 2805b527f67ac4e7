/** `publicOrigins` of postern.yaml: the origins under which clients reach the gateway. */
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { readOrigin } from './origins.ts'

export function readPublicOrigins(node: SourceNode, access: NodeAccess): readonly string[] | null {
  const list = access.array(node)
  if (list === null) return null
  if (list.items.length === 0) return access.refuse(list, '`publicOrigins` is empty', 'Name an origin, or leave it out.')
  return list.items.map((item) => readPublicOrigin(item, access)).filter((origin) => origin !== null)
}

function readPublicOrigin(node: SourceNode, access: NodeAccess): string | null {
  const origin = readOrigin(node, access)
  if (origin === null || /^https?:/.test(origin)) return origin
  return access.refuse(node, 'a public origin must be that of a web server', 'Write for example `https://api.example.com`.')
}
