import { isIP } from 'node:net'
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'

/** `trustedProxies` of postern.yaml: CIDR ranges or single addresses. */
export function readTrustedProxies(node: SourceNode, access: NodeAccess): readonly string[] | null {
  const ranges = access.array(node)?.items.map((item) => {
    const text = access.text(item)
    return text === null || isAddressRange(text)
      ? text
      : access.refuse(item, 'a trusted proxy must be an IP address or a CIDR range', 'Write for example `10.0.0.0/8` or `fd00::/8`.')
  })
  return ranges?.filter((range) => range !== null) ?? null
}

export function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const family = address.includes('%') ? 0 : isIP(address)
  if (family === 0 || rest.length > 0) return false
  return prefix === undefined || (/^(?:0|[1-9][0-9]{0,2})$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128))
}
