/** `introspection` of an issuer: how its key manager is asked about tokens that say nothing themselves (RFC 7662). */
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { readClient, settleClient } from './client-authentication.ts'
import { durationAt } from './duration.ts'
import type { SharedFiles } from './fetched-keys.ts'
import { defaultCache, readCache } from './introspection-cache.ts'
import { placedText } from './placed-text.ts'
import { checkProjectKeys, introspectionKeys } from './project-keys.ts'
import { readService } from './service.ts'
import { settlesIn } from './setting-text.ts'
import type { Introspection } from './types/introspection.ts'

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
  const client = readClient(object, {
    access,
    audienceKey: 'audience',
    readSecret: (value) => placedText(value, access),
    hasCertificate: entry(object, 'certificate') !== null,
  })
  const credentials = client === null ? null : settleClient(client, around.usedFor, [issuer], settlesIn(settings, access.diagnostics))
  const timeout = access.optional(object, 'timeout', (value) => durationAt(value, 50, 60_000, access)) ?? defaultTimeout
  const lookups = access.optional(object, 'lookups', (value) => access.integer(value, 1, 10_000)) ?? defaultLookups
  const written = entry(object, 'cache')
  const cache = written === null ? defaultCache : readCache(written, issuer, around)
  // Answers that are meant to be shared are not kept in another way.
  if (service === null || credentials === null || cache === null) return null
  return { service, credentials, timeout, lookups, cache, at: object.at }
}
