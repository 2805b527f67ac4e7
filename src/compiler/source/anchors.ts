/** JSON Schema's named places (2020-12 core, section 8.2.2), which a `$ref` may name instead of a JSON Pointer: `#meta`. */
import type { SourceNode } from './source-node.ts'

/** The schemas of a document that have a `$anchor` or `$dynamicAnchor`, by its name; the first of two equal ones. */
export function anchorsOf(root: SourceNode): ReadonlyMap<string, SourceNode> {
  const anchors = new Map<string, SourceNode>()
  const waiting: SourceNode[] = [root]
  const seen = new Set<SourceNode>()
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind === 'scalar' || seen.has(node)) continue
    seen.add(node)
    if (node.kind === 'array') {
      for (const item of node.items) waiting.push(item)
      continue
    }
    for (const [key, { value }] of node.entries) {
      if (value.kind !== 'scalar') waiting.push(value)
      else if ((key === '$anchor' || key === '$dynamicAnchor') && !anchors.has(value.text)) anchors.set(value.text, node)
    }
  }
  return anchors
}
