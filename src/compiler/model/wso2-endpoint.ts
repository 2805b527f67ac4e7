/** WSO2's Endpoint object: backends with balancing, retries and credentials, of which this version knows one plain URL. */
import { entry } from '../source/node-access.ts'
import type { ArrayNode, ObjectNode, SourceNode } from '../source/source-node.ts'
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
  const endpoint = namedEndpoint(name, definition)
  if (endpoint !== null) return readEndpoint(endpoint, definition)
  diagnostics.report('unresolved-ref', node.at, `\`x-wso2-endpoints\` has no endpoint \`${name.slice(0, 80)}\``)
  return null
}

/** `x-wso2-endpoints` is a list of mappings with one name each. */
function namedEndpoint(name: string, { root, extensions }: Definition): SourceNode | null {
  const list: ArrayNode | null = extensions.optional(root, 'x-wso2-endpoints', (node) => extensions.array(node))
  for (const item of list?.items ?? []) {
    const found = extensions.object(item)?.entries.get(name)
    if (found !== undefined) return found.value
  }
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

/** Whether `x-wso2-endpoints`, if it is there at all, has its shape; each endpoint is read where it is referred to. */
export function checkWso2Endpoints({ root, extensions }: Definition): void {
  const list = entry(root, 'x-wso2-endpoints')
  for (const item of (list === null ? null : extensions.array(list))?.items ?? []) {
    if (extensions.object(item)?.entries.size !== 1 && item.kind === 'object') {
      extensions.refuse(item, 'an item of `x-wso2-endpoints` must be a mapping with one name')
    }
  }
}
