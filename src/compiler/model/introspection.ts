/** `introspection` of an issuer: how its key manager is asked about tokens that say nothing themselves (RFC 7662). */
import type { ClientAuthenticationPlan } from '../../contract/plan.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { durationAt } from './duration.ts'
import type { SharedFiles } from './fetched-keys.ts'
import { defaultCache, readCache } from './introspection-cache.ts'
import type { Introspection } from './model.ts'
import { checkProjectKeys, introspectionKeys } from './project-keys.ts'
import { readService, type ServiceSurroundings, settingsText } from './service.ts'

const defaultTimeout = 2000
const defaultLookups = 100

/** @param issuer whose key manager it is, for people. */
export function readIntrospection(
  node: SourceNode,
  issuer: string,
  { settings, authorities }: SharedFiles,
  access: NodeAccess,
): Introspection | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, introspectionKeys, access)
  const around = { settings, authorities, access, usedFor: `introspection of ${issuer}` }
  const service = readService(object, around)
  const credentials = readCredentials(object, issuer, around)
  const timeout = access.optional(object, 'timeout', (value) => durationAt(value, 50, 60_000, access)) ?? defaultTimeout
  const lookups = access.optional(object, 'lookups', (value) => access.integer(value, 1, 10_000)) ?? defaultLookups
  const written = entry(object, 'cache')
  const cache = written === null ? defaultCache : readCache(written, issuer, around)
  // Answers that are meant to be shared are not kept in another way.
  if (service === null || credentials === null || cache === null) return null
  if (credentials.kind === 'tls' && service.tls?.clientCertificate == null)
    return access.refuse(object, '`authentication: tls` needs a client certificate', 'Give `certificate` and `key`.')
  return { service, credentials, timeout, lookups, cache, at: object.at }
}

const kinds = ['basic', 'post', 'private_key_jwt', 'tls'] as const

function readCredentials(object: ObjectNode, issuer: string, around: ServiceSurroundings): ClientAuthenticationPlan | null {
  const { access } = around
  const named = access.optional(object, 'authentication', (value) => access.oneOf(value, kinds))
  if (named === null && entry(object, 'authentication') !== null) return null
  const clientId = access.required(object, 'clientId', (value) => settingsText(value, 'client id', around))
  const kind = named ?? kindOf(object)
  const needed = kind === 'private_key_jwt' ? 'clientKey' : 'clientSecret'
  for (const key of ['clientSecret', 'clientKey', 'clientKeyId', 'audience'] as const) {
    const fits = kind !== 'tls' && (key === needed || (needed === 'clientKey' && key !== 'clientSecret'))
    const given = entry(object, key)
    if (given !== null && !fits) access.refuse(given, `\`${key}\` has no effect with \`authentication: ${kind}\``, `Leave it out.`)
  }
  if (kind === 'tls') return clientId === null ? null : { kind, clientId }
  if (kind === 'private_key_jwt') {
    const keyFile = access.required(object, 'clientKey', (value) => readKeyFile(value, around))
    const keyId = access.optional(object, 'clientKeyId', (value) => access.text(value))
    const audience = access.optional(object, 'audience', (value) => access.text(value)) ?? issuer
    return clientId === null || keyFile === null ? null : { kind, clientId, keyFile, keyId, audience }
  }
  const clientSecret = access.required(object, 'clientSecret', (value) => settingsText(value, 'client secret', around))
  return clientId === null || clientSecret === null ? null : { kind, clientId, clientSecret }
}

/** What is given says which kind is meant. */
function kindOf(object: ObjectNode): (typeof kinds)[number] {
  if (entry(object, 'clientSecret') !== null) return 'basic'
  if (entry(object, 'clientKey') !== null) return 'private_key_jwt'
  return entry(object, 'certificate') === null ? 'basic' : 'tls'
}

/** A path on the machine that runs the gateway. */
function readKeyFile(node: SourceNode, around: ServiceSurroundings): ReturnType<typeof settingsText> {
  const text = settingsText(node, 'private key', around)
  if (text === null || text.some((part) => typeof part !== 'string')) return text
  return around.access.refuse(
    node,
    '`clientKey` must be a setting that holds the path of a file',
    'Write for example `clientKey: ${INTROSPECTION_KEY_FILE}`.',
  )
}
