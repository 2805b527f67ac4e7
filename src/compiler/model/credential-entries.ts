/** What entries of api-keys.yaml and users.yaml have in common. */
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { isScope } from './security-requirements.ts'

/** Text that no other entry has. */
export function readUnique(
  node: SourceNode,
  seen: Map<string, SourceNode>,
  isSound: (text: string) => boolean,
  access: NodeAccess,
): string | null {
  const text = access.text(node)
  if (text === null) return null
  if (!isSound(text)) return access.refuse(node, `\`${node.step}\` has characters that it may not have, or too many`)
  const earlier = seen.get(text)
  if (earlier !== undefined) return access.refuse(node, `the same \`${node.step}\` is already there, at line ${earlier.at.line}`)
  seen.set(text, node)
  return text
}

export function readHeldScopes(node: SourceNode, access: NodeAccess): readonly string[] | null {
  const scopes = access.array(node)?.items.map((item) => {
    const text = access.text(item)
    return text === null || isScope(text) ? text : access.refuse(item, 'a scope holds neither white space nor quotes and backslashes')
  })
  return scopes?.filter((scope) => scope !== null) ?? null
}
