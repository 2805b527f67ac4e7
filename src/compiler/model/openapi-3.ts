/** OpenAPI 3.0 and 3.1. */
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { Definition, Dialect } from './definition.ts'
import type { Placed } from './types/placed.ts'
import type { SecurityScheme } from './types/security.ts'

export const openapi3: Dialect = {
  name: 'OpenAPI 3',
  foreignKeys: ['host', 'basePath', 'schemes', 'securityDefinitions'],
  examplesAreData: false,
  securitySchemes: (root) => {
    const components = entry(root, 'components')
    return components?.kind === 'object' ? entry(components, 'securitySchemes') : null
  },
  readScheme,
  server: firstServer,
}

function readScheme(scheme: ObjectNode, access: NodeAccess): SecurityScheme | null {
  const type = access.required(scheme, 'type', (node) => access.text(node))
  switch (type) {
    case null:
      return null
    case 'oauth2':
      return { kind: 'token', type: 'oauth2', declaredScopes: flowScopes(scheme, access) }
    case 'openIdConnect':
      return { kind: 'token', type: 'openIdConnect', declaredScopes: null }
    case 'http':
      return httpScheme(access.required(scheme, 'scheme', (node) => access.text(node)))
    case 'apiKey':
      return {
        kind: 'apiKey',
        in: access.required(scheme, 'in', (node) => access.oneOf(node, ['header', 'query', 'cookie'])) ?? '',
        name: access.required(scheme, 'name', (node) => access.text(node)) ?? '',
      }
    case 'mutualTLS':
      return { kind: 'mutualTLS' }
    default:
      return { kind: 'other', type }
  }
}

/** Names of HTTP schemes are case-insensitive (RFC 9110 section 11.1); `jwt` is what WSO2 calls bearer. */
function httpScheme(name: string | null): SecurityScheme | null {
  switch (name?.toLowerCase()) {
    case undefined:
      return null
    case 'bearer':
    case 'jwt':
      return { kind: 'token', type: 'bearer', declaredScopes: null }
    case 'basic':
      return { kind: 'basic' }
    default:
      return { kind: 'other', type: `http ${name}` }
  }
}

/** The scopes of all flows together. */
function flowScopes(scheme: ObjectNode, access: NodeAccess): ReadonlySet<string> {
  const scopes = new Set<string>()
  const flows = access.required(scheme, 'flows', (node) => access.object(node))
  for (const [name, { value }] of flows?.entries ?? []) {
    const flow = name.startsWith('x-') ? null : access.object(value)
    const declared = flow === null ? null : access.optional(flow, 'scopes', (node) => access.object(node))
    for (const scope of declared?.entries.keys() ?? []) scopes.add(scope)
  }
  return scopes
}

/** Characters. */
const maximumUrl = 8192

/** Several servers are alternatives for a client to choose from; the gateway takes the first. */
function firstServer(holder: ObjectNode, { access }: Definition): Placed<string> | 'refused' | null {
  const node = entry(holder, 'servers')
  if (node === null) return null
  const servers = access.array(node)
  if (servers === null) return 'refused'
  return servers.items[0] === undefined ? null : (readServer(servers.items[0], access) ?? 'refused')
}

function readServer(node: SourceNode, access: NodeAccess): Placed<string> | null {
  const server = access.object(node)
  const url = server === null ? null : entry(server, 'url')
  if (server === null || url === null) return server === null ? null : access.refuse(server, 'a server needs a `url`')
  const text = access.text(url)
  if (text === null) return null
  const variables = access.optional(server, 'variables', (node) => access.object(node))
  const value = replaceVariables(text, (name) => variableDefault(name, variables, url, access))
  return value.length > maximumUrl
    ? access.refuse(url, `with its variables, the URL has over ${maximumUrl} characters`)
    : { value, at: url.at }
}

/** `${NAME}` is a setting, and `{name}` a variable. */
function replaceVariables(text: string, defaultOf: (name: string) => string | null): string {
  let result = ''
  let end = 0
  for (const match of text.matchAll(/\$?\{([^{}]*)\}/g)) {
    const value = match[0].startsWith('$') ? match[0] : (defaultOf(match[1] ?? '') ?? '')
    result += text.slice(end, match.index) + value
    end = match.index + match[0].length
    if (result.length > maximumUrl) break
  }
  return result + text.slice(end)
}

function variableDefault(name: string, variables: ObjectNode | null, url: SourceNode, access: NodeAccess): string | null {
  const node = variables === null ? null : entry(variables, name)
  if (node === null) return access.refuse(url, `the server variable \`${name.slice(0, 80)}\` is not declared`, 'Declare it in `variables`.')
  const variable = access.object(node)
  const value = variable === null ? null : access.required(variable, 'default', scalarText)
  const choices = variable === null ? null : access.optional(variable, 'enum', (list) => access.array(list))
  if (value !== null && choices !== null && !choices.items.some((choice) => scalarText(choice) === value)) {
    return access.refuse(node, `the default of the server variable \`${name.slice(0, 80)}\` is not in its \`enum\``)
  }
  return value

  /** `default: 8443` is often written without the quotes that a string needs. */
  function scalarText(scalar: SourceNode): string | null {
    return scalar.kind === 'scalar' && scalar.value !== null ? scalar.text : access.text(scalar)
  }
}
