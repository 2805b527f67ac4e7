/** Names and labels as Kubernetes allows them. */
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'

/** RFC 1123: a DNS subdomain. */
export function readObjectName(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null || isSubdomain(text)) return text
  return access.refuse(
    node,
    `\`${node.step}\` is the name of an object: a–z, 0–9, \`-\` and \`.\`, each part with a letter or digit at its ends`,
  )
}

function isSubdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label))
}

/** RFC 1123: a DNS label. */
export function readLabelName(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null || /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) return text
  return access.refuse(node, `\`${node.step}\` is a name of up to 63 of a–z, 0–9 and \`-\``)
}

const labelText = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/

export function readLabels(node: SourceNode, access: NodeAccess): ReadonlyMap<string, string> | null {
  const object = access.object(node)
  if (object === null) return null
  const labels = new Map<string, string>()
  for (const [key, { keyAt, value }] of object.entries) {
    const text = access.text(value)
    if (text === null) continue
    const slash = key.indexOf('/')
    const good = (slash === -1 || isSubdomain(key.slice(0, slash))) && labelText.test(key.slice(slash + 1))
    if (!good || !labelText.test(text)) {
      access.diagnostics.report('invalid-project', keyAt, `\`${node.step}\` has a label that Kubernetes does not allow`)
    } else labels.set(key, text)
  }
  return object.entries.size === 0 ? access.refuse(node, `\`${node.step}\` names no label`) : labels
}
