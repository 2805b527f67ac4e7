/** WSO2's Endpoint object: backends with balancing, retries and credentials, of which this version knows one URL and its credential. */
import type { NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { WrittenCredential } from './backend-credential.ts'
import type { Definition } from './definition.ts'
import { placedText } from './placed-text.ts'
import type { Placed } from './types/placed.ts'
import { readWso2Security } from './wso2-security.ts'

const endpointKeys = ['urls', 'type', 'securityConfig', 'advanceEndpointConfig']
const referencePrefix = '#/x-wso2-endpoints/'

export type Wso2Endpoint = { readonly url: Placed<string>; readonly credential: WrittenCredential | null }

/** What an Endpoint object says, or the named one that `#/x-wso2-endpoints/<name>` stands for. */
export function readWso2Endpoint(node: SourceNode, definition: Definition): Wso2Endpoint | null {
  const { extensions, diagnostics } = definition
  if (node.kind !== 'scalar') return readEndpoint(node, definition.title, node.step, definition)
  const reference = extensions.text(node)
  if (reference === null) return null
  if (!reference.startsWith(referencePrefix)) {
    return extensions.refuse(node, `\`${node.step}\` must be an object with \`urls\`, or a reference \`${referencePrefix}<name>\``)
  }
  const name = reference.slice(referencePrefix.length)
  const endpoint = definition.endpoints.get(name)
  if (endpoint !== undefined) return readEndpoint(endpoint, name, node.step, definition)
  diagnostics.report('unresolved-ref', node.at, `\`x-wso2-endpoints\` has no endpoint \`${name.slice(0, 80)}\``)
  return null
}

/** `name` and `level` name the setting of a password that the definition does not: WSO2 gives it at start too. */
function readEndpoint(node: SourceNode, name: string, level: string, definition: Definition): Wso2Endpoint | null {
  const { extensions } = definition
  const endpoint = extensions.object(node)
  if (endpoint === null) return null
  extensions.checkKeys(endpoint, endpointKeys)
  extensions.optional(endpoint, 'type', (value) => extensions.oneOf(value, ['http', 'load_balance', 'failover', 'address']))
  refuseKey(endpoint, 'advanceEndpointConfig', definition)
  const setting = `${name}_${level.includes('sandbox') ? 'sand' : 'prod'}_basic_password`
  const credential = extensions.optional(endpoint, 'securityConfig', (value) => readWso2Security(value, setting, definition))
  const url = extensions.required(endpoint, 'urls', (urls) => readUrls(urls, definition))
  if (url === null || (credential === null && endpoint.entries.has('securityConfig'))) return null
  return { url, credential }
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
