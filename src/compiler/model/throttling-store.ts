/** The Redis of `throttling`, in which several gateways count together. */
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { readAuthorityFiles } from './authorities.ts'
import { durationAt } from './duration.ts'
import { readRedisUrl } from './redis-url.ts'
import { placeOfUrl, type ServiceSurroundings, settingsText } from './service.ts'
import type { Throttling } from './types/throttling.ts'

type Store = NonNullable<Throttling['store']>

const defaultTimeout = 100
const mostAddresses = 10

/** Only for counting together. */
const storeKeys = ['url', 'cluster', 'sentinel', 'plainTcp', 'authorities', 'secret', 'timeout', 'mode', 'whenAway'] as const

/** `isLocal`: nobody else counts, so that nobody can be away. */
export function refuseStoreKeys(object: ObjectNode, isLocal: boolean, access: NodeAccess): void {
  for (const key of storeKeys) {
    if (key === 'whenAway' && !isLocal) continue
    const given = entry(object, key)
    if (given !== null) access.refuse(given, `\`${key}\` has no effect without \`store: redis\``, 'Leave it out.')
  }
}

/** `null` for one that cannot be used, which is reported. */
export function readThrottlingStore(object: ObjectNode, around: ServiceSurroundings): Store | null {
  const { access } = around
  const plainTcp = access.optional(object, 'plainTcp', (value) => access.boolean(value)) ?? false
  const urls = access.required(object, 'url', (value) => readUrls(value, plainTcp, around))
  const secret = access.optional(object, 'secret', (value) => settingsText(value, 'secret', around))
  const authorities = access.optional(object, 'authorities', (value) => readAuthorityFiles(value, around.authorities, access))
  const topology = readTopology(object, access)
  const timeout = access.optional(object, 'timeout', (value) => durationAt(value, 10, 10_000, access)) ?? defaultTimeout
  const mode = access.optional(object, 'mode', (value) => access.oneOf(value, ['leased', 'strict'])) ?? 'leased'
  const whenAway = access.optional(object, 'whenAway', (value) => access.oneOf(value, ['local', 'deny', 'allow'])) ?? 'local'
  // Nothing may take the place of what could not be read.
  const unread = (key: 'secret' | 'authorities'): boolean => entry(object, key) !== null && { secret, authorities }[key] === null
  if (urls === null || topology === null || unread('secret') || unread('authorities')) return null
  if (topology.kind === 'server' && urls.length > 1)
    return access.refuse(object, 'several addresses are those of sentinels or of a Cluster', 'Say `sentinel: <name>` or `cluster: true`.')
  return { urls, topology, plainTcp, authorities: authorities ?? [], secret, timeout, mode, whenAway, at: placeOfUrl(object) }
}

/** One address or a list of them. */
function readUrls(node: SourceNode, plainTcp: boolean, around: ServiceSurroundings): Store['urls'] | null {
  const { access } = around
  if (node.kind !== 'array') {
    const url = readRedisUrl(node, plainTcp, around)
    return url === null ? null : [url]
  }
  if (node.items.length === 0 || node.items.length > mostAddresses)
    return access.refuse(node, `\`url\` is one address or a list of 1 to ${mostAddresses}`)
  const urls = node.items.map((item) => readRedisUrl(item, plainTcp, around)).filter((url) => url !== null)
  return urls.length < node.items.length ? null : urls
}

function readTopology(object: ObjectNode, access: NodeAccess): Store['topology'] | null {
  const cluster = access.optional(object, 'cluster', (value) => access.boolean(value)) ?? false
  const name = access.optional(object, 'sentinel', (value) => readName(value, access))
  const given = entry(object, 'sentinel')
  if (given !== null && name === null) return null
  if (cluster && given !== null) return access.refuse(given, '`sentinel` and `cluster` are two ways to run a Redis')
  if (name !== null) return { kind: 'sentinel', name }
  return { kind: cluster ? 'cluster' : 'server' }
}

function readName(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null || /^[\w.-]{1,200}$/.test(text)) return text
  return access.refuse(node, '`sentinel` is the name of the master, as sentinels know it: letters, digits and `_ . -`')
}
