/** WSO2's Endpoint object: backends with balancing, retries and credentials, of which this version knows one plain URL. */
import type { NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { Definition } from './definition.ts'
import type { Placed } from './model.ts'
import { placedText } from './placed-text.ts'

const endpointKeys = ['urls', 'type', 'securityConfig', 'advanceEndpointConfig']
const referencePrefix = '#/x-wso2-endpoints/'

/** The URL of an Endpoint object, or of the named one that `#/x-wso2-endpoints/<name>` stands for. */
export function readWso2Endpoint(node: SourceNode, definition: Definition): Placed<string> | null {
  const { extensions, diagnostics } = definition
  if (node.kind !== 'scalar') return readEndpoint(node, definition)
  const reference = extensions.text(node)
  if (reference === null) return null
  if (!reference.startsWith(referencePrefix)) {
    return extensions.refuse(node, `\`${node.step}\` must be an object with \`urls\`, or a reference \`${referencePrefix}<name>\``)
  }
  const name = reference.slice(referencePrefix.length)
  const endpoint = definition.endpoints.get(name)
  if (endpoint !== undefined) return readEndpoint(endpoint, definition)
  diagnostics.report('unresolved-ref', node.at, `\`x-wso2-endpoints\` has no endpoint \`${name.slice(0, 80)}\``)
  return null
}

function readEndpoint(node: SourceNode, definition: Definition): Placed<string> | null {
  const { extensions } = definition
  const endpoint = extensions.object(node)
  if (endpoint === null) return null
  extensions.checkKeys(endpoint, endpointKeys)
  extensions.optional(endpoint, 'type', (value) => extensions.oneOf(value, ['http', 'load_balance', 'failover', 'address']))
  for (const key of ['securityConfig', 'advanceEndpointConfig']) refuseKey(endpoint, key, definition)
  return extensions.required(endpoint, 'urls', (urls) => readUrls(urls, definition))
}

function refuseKey(endpoint: ObjectNode, key: string, { diagnostics }: Definition): void {
  const found = endpoint.entries.get(key)
  if (found !== undefined) diagnostics.report('not-supported-yet', found.keyAt, `\`${key}\` is not supported yet`)
}

function readUrls(node: SourceNode, { extensions, diagnostics }: Definition): Placed<string> | null {
  const urls = extensions.array(node)
  const [first, second] = urls?.items ?? []
  if (first === undefined) return urls === null ? null : extensions.refuse(node, '`urls` must hold a URL')
  if (second !== undefined) diagnostics.report('not-supported-yet', second.at, 'several backend addresses are not supported yet')
  const url = placedText(first, extensions)
  if (url === null || !/^etcd\s*\(/.test(url.value)) return url
  diagnostics.report('not-supported-yet', url.at, 'addresses from etcd are not supported yet')
  return null
}

/** What `x-wso2-endpoints` names: a list of mappings with one name each. Each endpoint is read where it is referred to. */
export function namedEndpoints(root: ObjectNode, extensions: NodeAccess): ReadonlyMap<string, SourceNode> {
  const endpoints = new Map<string, SourceNode>()
  const list = extensions.optional(root, 'x-wso2-endpoints', (node) => extensions.array(node))
  for (const item of list?.items ?? []) {
    const mapping = extensions.object(item)
    const [first, ...others] = mapping?.entries ?? []
    if (mapping === null) continue
    if (first === undefined || others.length > 0) {
      extensions.refuse(mapping, 'an item of `x-wso2-endpoints` must be a mapping with one name')
    } else if (endpoints.has(first[0])) extensions.refuse(mapping, 'an earlier endpoint has the same name')
    else endpoints.set(first[0], first[1].value)
  }
  return endpoints
}
