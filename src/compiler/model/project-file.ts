/** postern.yaml, read and checked by itself: what it refers to is read by normalise. */
import type { Diagnostics } from '../diagnostics.ts'
import { entry, NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Sources } from '../source/sources.ts'
import { readApiEntries } from './api-entries.ts'
import type { AuthorityFiles } from './authorities.ts'
import { readBackendToken } from './backend-token.ts'
import { readClientCertificates } from './client-certificates.ts'
import { readConsumerFields } from './consumer-fields.ts'
import { readHttpLimits } from './http-limits.ts'
import { readKubernetes } from './kubernetes.ts'
import type { Listen } from './model.ts'
import { placedText } from './placed-text.ts'
import { checkProjectKeys, listenKeys, projectKeys } from './project-keys.ts'
import { checkProjectTexts } from './project-texts.ts'
import { readPublicOrigins } from './public-origins.ts'
import { readRevocation } from './revocation.ts'
import type { SettingsCollector } from './setting-text.ts'
import { readThrottling } from './throttling.ts'
import { readTimeouts } from './timeouts.ts'
import { readTrustedProxies } from './trusted-proxies.ts'
import type { ProjectFile } from './types/project-file.ts'
import { readWaivers } from './waivers.ts'

export const projectFileName = 'postern.yaml'

/**
 * Reads postern.yaml. A bad value is reported, and a default stands in for it, so that one run finds as much as possible.
 * @returns `null` where there is nothing to go on with.
 */
export function readProjectFile(
  sources: Sources,
  settings: SettingsCollector,
  authorities: AuthorityFiles,
  diagnostics: Diagnostics,
): ProjectFile | null {
  const document = sources.document(projectFileName, { file: projectFileName, line: 1, column: 1, pointer: '#' })
  if (document === null) return null
  const access = new NodeAccess(diagnostics, 'invalid-project')
  const root = access.object(document)
  if (root === null) return null
  checkProjectKeys(root, projectKeys, access)
  checkProjectTexts(root, diagnostics)
  const apis = access.required(root, 'apis', (node) => readApiEntries(node, sources, settings, authorities, access))
  const name = access.required(root, 'name', (node) => readName(node, access)) ?? ''
  const backendToken = access.optional(root, 'backendToken', (node) => readBackendToken(node, name, settings, access))
  const file = {
    at: root.at,
    name,
    version: access.required(root, 'version', (node) => readVersion(node, access)) ?? '',
    policies: access.optional(root, 'policies', (node) => placedText(node, access)),
    apiKeys: access.optional(root, 'apiKeys', (node) => placedText(node, access)),
    users: access.optional(root, 'users', (node) => placedText(node, access)),
    subscriptions: access.optional(root, 'subscriptions', (node) => placedText(node, access)),
    issuers: entry(root, 'issuers'),
    extensions: entry(root, 'extensions'),
    backendToken,
    consumerFields: access.optional(root, 'consumerFields', (node) => readConsumerFields(node, backendToken?.header ?? null, access)),
    listen: access.optional(root, 'listen', (node) => readListen(node, access)) ?? defaultListen,
    trustedProxies: access.optional(root, 'trustedProxies', (node) => readTrustedProxies(node, access)) ?? [],
    publicOrigins: access.optional(root, 'publicOrigins', (node) => readPublicOrigins(node, access)) ?? [],
    clientCertificates: access.optional(root, 'clientCertificates', (node) =>
      readClientCertificates(node, authorities, entry(root, 'trustedProxies') !== null, access),
    ),
    revocation: access.optional(root, 'revocation', (node) => readRevocation(node, { settings, authorities, access })),
    throttling: readThrottling(entry(root, 'throttling'), { settings, authorities, access }),
    errors: access.optional(root, 'errors', (node) => access.oneOf(node, ['problem', 'wso2'])) ?? ('problem' as const),
    waivers: access.optional(root, 'waivers', (node) => readWaivers(node, access)) ?? [],
    limits: readHttpLimits(entry(root, 'limits'), access),
    timeouts: readTimeouts(entry(root, 'timeouts'), access),
    kubernetes: access.optional(root, 'kubernetes', (node) => readKubernetes(node, name, access)),
  }
  return apis === null ? null : { ...file, apis }
}

const defaultListen: Listen = { http: 8080, https: { value: 8443, at: null }, admin: 9090 }

function readListen(node: SourceNode, access: NodeAccess): Listen | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, listenKeys, access)
  const port = (key: 'http' | 'https' | 'admin'): number | null => access.optional(object, key, (value) => access.integer(value, 0, 65_535))
  const listen: Listen = {
    http: port('http') ?? defaultListen.http,
    https: { value: port('https') ?? defaultListen.https.value, at: entry(object, 'https')?.at ?? null },
    admin: port('admin') ?? defaultListen.admin,
  }
  const ports = [listen.http, listen.https.value, listen.admin].filter((number) => number !== 0)
  if (new Set(ports).size < ports.length) access.refuse(object, '`http`, `https` and `admin` must be different ports')
  return listen
}

/** RFC 1123, section 2.1: the name stands in image names, Kubernetes objects and metrics. */
function readName(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null || /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) return text
  return access.refuse(node, '`name` must be a DNS label', 'Use up to 63 of a–z, 0–9 and `-`, with no `-` at the ends.')
}

/** A number is taken as it is written: YAML reads `version: 1.0` as one. */
function readVersion(node: SourceNode, access: NodeAccess): string | null {
  const text = node.kind === 'scalar' && typeof node.value === 'number' ? node.text : access.text(node)
  if (text === null || /^v?\d{1,9}(?:\.\d{1,9}){0,3}(?:[-+][0-9A-Za-z.+-]{1,64})?$/.test(text)) return text
  return access.refuse(node, '`version` must be a version', 'Write for example `1.0.0` or `2.1.0-beta.1`.')
}
