/** `introspection.cache` of an issuer: how long an answer of its key manager counts, and for whom. */
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { readAuthorityFiles } from './authorities.ts'
import { durationAt } from './duration.ts'
import { checkProjectKeys, introspectionCacheKeys } from './project-keys.ts'
import { readRedisUrl } from './redis-url.ts'
import { placeOfUrl, type ServiceSurroundings, settingsText } from './service.ts'
import type { Introspection } from './types/introspection.ts'

type Cache = Introspection['cache']
type Shared = NonNullable<Cache['shared']>

const defaultTimeout = 100
export const defaultCache: Cache = { mode: null, keep: 60_000, keepInvalid: 10_000, shared: null }

/** Only for answers that are shared. */
const sharedKeys = ['url', 'plainTcp', 'authorities', 'secret', 'timeout'] as const

/** @param issuer whose key manager it is, for people. */
export function readCache(node: SourceNode, issuer: string, around: ServiceSurroundings): Cache | null {
  const { access } = around
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, introspectionCacheKeys, access)
  const mode = access.optional(object, 'mode', (value) => readMode(value, access))
  if (mode === null && entry(object, 'mode') !== null) return null
  const keep = access.optional(object, 'keep', (value) => durationAt(value, 1000, 86_400_000, access)) ?? defaultCache.keep
  const keepInvalid =
    access.optional(object, 'keepInvalid', (value) => durationAt(value, 1000, 3_600_000, access)) ?? defaultCache.keepInvalid
  if (mode?.value === 'shared') {
    const shared = readShared(object, { ...around, usedFor: `shared answers about tokens of ${issuer}` })
    return shared === null ? null : { mode, keep, keepInvalid, shared }
  }
  for (const key of sharedKeys) {
    const given = entry(object, key)
    if (given !== null) access.refuse(given, `\`${key}\` has no effect without \`mode: shared\``, 'Leave it out.')
  }
  return { mode, keep, keepInvalid, shared: null }
}

function readMode(node: SourceNode, access: NodeAccess): NonNullable<Cache['mode']> | null {
  const value = access.oneOf(node, ['local', 'invalidated', 'shared'])
  return value === null ? null : { value, at: node.at }
}

function readShared(object: ObjectNode, around: ServiceSurroundings): Shared | null {
  const { access } = around
  const plainTcp = access.optional(object, 'plainTcp', (value) => access.boolean(value)) ?? false
  const url = access.required(object, 'url', (value) => readRedisUrl(value, plainTcp, around))
  const secret = access.required(object, 'secret', (value) => settingsText(value, 'secret', around))
  const authorities = access.optional(object, 'authorities', (value) => readAuthorityFiles(value, around.authorities, access))
  const timeout = access.optional(object, 'timeout', (value) => durationAt(value, 10, 10_000, access)) ?? defaultTimeout
  // Node's own authorities must not take the place of some that could not be read.
  if (url === null || secret === null || (authorities === null && entry(object, 'authorities') !== null)) return null
  return { url, plainTcp, authorities: authorities ?? [], secret, timeout, at: placeOfUrl(object) }
}
