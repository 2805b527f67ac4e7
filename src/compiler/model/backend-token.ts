/** `backendToken` of postern.yaml: the signed token that tells backends who calls. */
import { dialectClaims, gatewayClaims } from '../../contract/backend-claims.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { backendField } from './backend-field.ts'
import { durationAt } from './duration.ts'
import { backendTokenKeys, checkProjectKeys } from './project-keys.ts'
import { parseSettingText, type SettingsCollector } from './setting-text.ts'
import type { BackendToken } from './types/backend-identity.ts'

const defaultHeader = 'X-JWT-Assertion'
const defaultDialect = 'http://wso2.org/claims'

/** Milliseconds. */
const lifetime = { default: 900_000, least: 10_000, most: 86_400_000 }

/** @param gateway name of the project, which is the issuer unless another is named. */
export function readBackendToken(node: SourceNode, gateway: string, settings: SettingsCollector, access: NodeAccess): BackendToken | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, backendTokenKeys, access)
  const key = access.required(object, 'key', (value) => access.text(value))
  const keyAt = entry(object, 'key')?.at ?? object.at
  const text = key === null ? null : parseSettingText(key, keyAt, 'private key of backend tokens', settings, access.diagnostics)
  const dialect = access.optional(object, 'dialect', (value) => readDialect(value, access)) ?? defaultDialect
  const claims = access.optional(object, 'claims', (value) => readClaims(value, dialect, access))
  const algorithm = access.optional(object, 'algorithm', (value) => access.oneOf(value, ['RS256', 'ES256', 'EdDSA']))
  const life = access.optional(object, 'lifetime', (value) => readLifetime(value, access))
  const read = {
    at: object.at,
    header: access.optional(object, 'header', (value) => readHeader(value, access)) ?? defaultHeader,
    algorithm,
    issuer: access.optional(object, 'issuer', (value) => access.text(value)) ?? gateway,
    audiences: access.optional(object, 'audiences', (value) => readTexts(value, access)) ?? [],
    lifetime: life ?? lifetime.default,
    dialect,
    claims: claims ?? [],
  }
  return text === null ? null : { ...read, key: text }
}

function readHeader(node: SourceNode, access: NodeAccess): string | null {
  const name = access.text(node)
  return name === null ? null : backendField(name, node, access)
}

function readLifetime(node: SourceNode, access: NodeAccess): number | null {
  const life = durationAt(node, lifetime.least, lifetime.most, access)
  return life === null || life % 1000 === 0 ? life : access.refuse(node, '`lifetime` must be whole seconds')
}

function readTexts(node: SourceNode, access: NodeAccess): readonly string[] | null {
  return access.array(node)?.items.map((item) => access.text(item) ?? '') ?? null
}

function readDialect(node: SourceNode, access: NodeAccess): string | null {
  const dialect = access.text(node)
  if (dialect === null || /^[^\s/](?:[^\s]*[^\s/])?$/.test(dialect)) return dialect
  return access.refuse(
    node,
    '`dialect` must be what names of claims begin with',
    `Write for example \`${defaultDialect}\`, without a slash at the end.`,
  )
}

function readClaims(node: SourceNode, dialect: string, access: NodeAccess): readonly string[] | 'all' | null {
  if (node.kind === 'scalar' && node.value === 'all') return 'all'
  if (node.kind !== 'array') return access.refuse(node, '`claims` must be a list, or `all`', 'Write for example `[email, roles]`.')
  const own = new Set<string>([...gatewayClaims, ...dialectClaims.map((name) => `${dialect}/${name}`)])
  const names = node.items.map((item) => {
    const name = access.text(item)
    return name !== null && own.has(name) ? access.refuse(item, `the gateway says \`${name}\` itself`, 'Take it out.') : name
  })
  return names.filter((name) => name !== null)
}
