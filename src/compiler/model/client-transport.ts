/** How clients reach an API, as WSO2's extensions of the root say it: over http or https, and with a certificate of their own. */
import { entry } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Definition } from './definition.ts'
import type { Api } from './types/api.ts'
import type { Placed } from './types/placed.ts'

export function readClientTransport(definition: Definition): Pick<Api, 'mutualTls' | 'transport'> {
  const { root, extensions, diagnostics } = definition
  const mutualTls = extensions.optional(root, 'x-wso2-mutual-ssl', (node): Api['mutualTls'] => {
    const value = extensions.oneOf(node, ['mandatory', 'optional'])
    return value === null ? null : { value, at: node.at }
  })
  const node = entry(root, 'x-wso2-transports')
  const transport = node === null ? null : readTransports(node, definition)
  if (transport?.value === 'http' && mutualTls?.value === 'mandatory') {
    const message = 'a client certificate is mandatory, and comes with https only'
    diagnostics.report('conflicting-extensions', transport.at, message, 'Add `https`.')
  }
  return { mutualTls, transport }
}

/** A list of both says nothing more than no list. */
function readTransports(node: SourceNode, { extensions }: Definition): Placed<'http' | 'https'> | null {
  const list = extensions.array(node)
  if (list === null) return null
  if (list.items.length === 0) return extensions.refuse(list, '`x-wso2-transports` is empty')
  const named = new Set(list.items.map((item) => extensions.oneOf(item, ['http', 'https'])))
  const [only] = named
  return named.size === 1 && only !== undefined && only !== null ? { value: only, at: node.at } : null
}
