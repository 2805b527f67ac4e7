/** Swagger 2.0. */
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { Definition, Dialect } from './definition.ts'
import type { Placed } from './types/placed.ts'
import type { SecurityScheme } from './types/security.ts'

export const swagger2: Dialect = {
  name: 'Swagger 2.0',
  foreignKeys: ['servers', 'components'],
  examplesAreData: true,
  securitySchemes: (root) => entry(root, 'securityDefinitions'),
  readScheme,
  server: serverOf,
}

function readScheme(scheme: ObjectNode, access: NodeAccess): SecurityScheme | null {
  const type = access.required(scheme, 'type', (node) => access.text(node))
  switch (type) {
    case null:
      return null
    case 'oauth2': {
      const scopes = access.optional(scheme, 'scopes', (node) => access.object(node))
      return { kind: 'token', type: 'oauth2', declaredScopes: new Set(scopes?.entries.keys() ?? []) }
    }
    case 'basic':
      return { kind: 'basic' }
    case 'apiKey':
      return {
        kind: 'apiKey',
        in: access.required(scheme, 'in', (node) => access.oneOf(node, ['header', 'query'])) ?? '',
        name: access.required(scheme, 'name', (node) => access.text(node)) ?? '',
      }
    default:
      return { kind: 'other', type }
  }
}

/**
 * `host` and `basePath` stand in the root only. An operation's `schemes` replace the root's; without any, or with several, https is
 * taken where it is one of them.
 */
function serverOf(holder: ObjectNode, { root, access }: Definition): Placed<string> | 'refused' | null {
  const list = access.optional(holder, 'schemes', (node) => access.array(node))
  if (holder !== root && list === null) return null
  const schemes = (list?.items ?? []).map((node) => access.oneOf(node, ['http', 'https', 'ws', 'wss']))
  const scheme = schemes.includes('https') ? 'https' : (schemes[0] ?? 'https')
  const host = access.optional(root, 'host', (node) => readHost(node, access))
  const basePath = access.optional(root, 'basePath', (node) => rootedPath(node, access))
  const place = entry(root, 'host') ?? entry(root, 'basePath')
  if (place === null) return null
  if (host === null && entry(root, 'host') !== null) return 'refused'
  return { value: host === null ? (basePath ?? '/') : `${scheme}://${host}${basePath ?? ''}`, at: place.at }
}

/** A host with or without a port; a setting may stand for any part of it. */
function readHost(node: SourceNode, access: NodeAccess): string | null {
  const host = access.text(node)
  if (host === null) return null
  const sample = host.replaceAll(/\$\{[^{}]*\}/g, '1')
  if (/^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.test(sample)) return host
  const hint = 'Write for example `api.example.com` or `api.example.com:8443`; the rest belongs into `schemes` and `basePath`.'
  return access.refuse(node, '`host` must be a host name or address, with or without a port', hint)
}

function rootedPath(node: SourceNode, access: NodeAccess): string | null {
  const path = access.text(node)
  return path === null || path.startsWith('/') ? path : access.refuse(node, '`basePath` must begin with a slash')
}
