/** One of `revocation.feeds`: a source of revocations that is asked while the gateway runs. */
import type { RevocationFeedPlan } from '../../contract/plan/revocation-feed.ts'
import type { SettingText } from '../../contract/plan/setting.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { AuthorityFiles } from './authorities.ts'
import { durationAt } from './duration.ts'
import { checkProjectKeys, feedKeys } from './project-keys.ts'
import { readRedisUrl } from './redis-url.ts'
import { parseSettingText, type SettingsCollector } from './setting-text.ts'
import type { Authority } from './types/authority.ts'
import type { RevocationFeed } from './types/revocation.ts'

export type FeedReading = { readonly settings: SettingsCollector; readonly authorities: AuthorityFiles; readonly access: NodeAccess }

const kinds = ['list', 'etcd', 'amqp', 'amqp10', 'redis'] as const

export function readFeed(node: SourceNode, reading: FeedReading): RevocationFeed | null {
  const { access } = reading
  const object = access.object(node)
  if (object === null) return null
  const kind = access.required(object, 'type', (value) => access.oneOf(value, kinds))
  if (kind === null) return null
  checkProjectKeys(object, feedKeys[kind], access)
  const login = readLogin(object, reading)
  const authorities = access.optional(object, 'authorities', (value) => readAuthorities(value, reading))
  if (login === undefined || (authorities === null && object.entries.has('authorities'))) return null
  const value = readers[kind](object, reading)
  return value === null
    ? null
    : {
        value: { ...value, login, authorities: (authorities ?? []).map(({ pem }) => pem) },
        authorities: authorities ?? [],
        at: object.at,
        saysPublish: object.entries.has('publish'),
      }
}

type OfKind<Kind> = Omit<Extract<RevocationFeedPlan, { kind: Kind }>, 'login' | 'authorities'>

function readList(object: ObjectNode, reading: FeedReading): OfKind<'list'> | null {
  const { access } = reading
  const url = access.required(object, 'url', (value) => readAddress(value, 'http', reading))
  const every = access.optional(object, 'every', (value) => durationAt(value, 50, 3_600_000, access)) ?? 30_000
  return url === null ? null : { kind: 'list', url, every }
}

function readEtcd(object: ObjectNode, reading: FeedReading): OfKind<'etcd'> | null {
  const { access } = reading
  const endpoints = access.required(object, 'endpoints', (value) => {
    const list = access.array(value)
    if (list === null) return null
    const read = list.items.map((item) => readAddress(item, 'http', reading)).filter((each) => each !== null)
    return read.length === 0 || read.length < list.items.length ? access.refuse(value, '`endpoints` are one or more URLs') : read
  })
  const prefix = object.entries.has('prefix') ? access.optional(object, 'prefix', (value) => readPrefix(value, access)) : '/postern/revoked'
  return endpoints === null || prefix === null ? null : { kind: 'etcd', endpoints, prefix, publish: readPublish(object, access) }
}

function readRedis(object: ObjectNode, reading: FeedReading): OfKind<'redis'> | null {
  const { access, settings } = reading
  const url = access.required(object, 'url', (value) => readRedisUrl(value, null, { access, settings, usedFor: 'a revocation feed' }))
  const stream = object.entries.has('stream') ? access.optional(object, 'stream', (value) => readStream(value, access)) : 'postern:revoked'
  return url === null || stream === null ? null : { kind: 'redis', url, stream, publish: readPublish(object, access) }
}

/** Needs the right to write there, so it is asked for. */
function readPublish(object: ObjectNode, access: NodeAccess): boolean {
  return access.optional(object, 'publish', (value) => access.boolean(value)) ?? false
}

/** A key of Redis may be anything; one that people can type is enough. */
function readStream(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null || /^[\w.:{}/-]{1,200}$/.test(text)) return text
  return access.refuse(node, '`stream` is the name of a stream, of letters, digits and `_ . : / - { }`')
}

/** Entries of a topic that say no end: longer than access tokens live, as nobody would say it again. */
const standardKeep = 2_592_000_000

function readAmqp(object: ObjectNode, reading: FeedReading): OfKind<'amqp'> | null {
  const { access } = reading
  const url = access.required(object, 'url', (value) => readAddress(value, 'amqp', reading))
  const named = (key: 'exchange' | 'topic', standard: string): string | null =>
    object.entries.has(key) ? access.optional(object, key, (value) => readTopicName(value, key, access)) : standard
  const [exchange, topic] = [named('exchange', 'amq.topic'), named('topic', 'tokenRevocation')]
  const keep = readKeep(object, access)
  return url === null || exchange === null || topic === null
    ? null
    : { kind: 'amqp', url, exchange, topic, keep, publish: readPublish(object, access) }
}

function readKeep(object: ObjectNode, access: NodeAccess): number {
  return access.optional(object, 'keep', (value) => durationAt(value, 60_000, 31_536_000_000, access)) ?? standardKeep
}

function readAmqp10(object: ObjectNode, reading: FeedReading): OfKind<'amqp10'> | null {
  const { access } = reading
  const url = access.required(object, 'url', (value) => readAddress(value, 'amqp', reading))
  // Brokers differ too much in what they call a topic for one name to be right everywhere.
  const topic = access.required(object, 'topic', (value) => readTopicAddress(value, reading))
  const keep = readKeep(object, access)
  return url === null || topic === null ? null : { kind: 'amqp10', url, topic, keep, publish: readPublish(object, access) }
}

/** Settings may stand in it: a subscription may be one gateway's own. */
function readTopicAddress(node: SourceNode, reading: FeedReading): SettingText | null {
  const { access } = reading
  const text = access.text(node)
  if (text === null) return null
  if (!/^[^\s\p{Cc}]{1,255}$/u.test(text)) return access.refuse(node, '`topic` is an address without white space, up to 255 characters')
  return settingText(text, node, 'topic of a revocation feed', reading)
}

const readers = { list: readList, etcd: readEtcd, redis: readRedis, amqp: readAmqp, amqp10: readAmqp10 } as const

/** Of an exchange or a topic: what brokers allow, without what would stand for several topics. */
export function readTopicName(node: SourceNode, key: string, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null || /^[\w.:/-]{1,127}$/.test(text)) return text
  return access.refuse(node, `\`${key}\` is a name of letters, digits and \`_ . : / -\``)
}

/** `/` stands for none: WSO2's keys are `/jti/…`. */
function readPrefix(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null || text === '/') return text === null ? null : ''
  if (/^(?:\/[\w.-]+)+$/.test(text)) return text
  return access.refuse(node, '`prefix` must be a path without a slash at its end', 'Write for example `/postern/revoked`, or `/` for none.')
}

/** Of AMQP. `name`: what the broker is for people. */
export function readBrokerAddress(node: SourceNode, name: string, reading: FeedReading): SettingText | null {
  return readAddress(node, 'amqp', reading, name)
}

function readAddress(
  node: SourceNode,
  scheme: 'http' | 'amqp',
  reading: FeedReading,
  name: string = 'a revocation feed',
): SettingText | null {
  const { access } = reading
  const text = access.text(node)
  if (text === null) return null
  const [, written, host = ''] = /^([a-z0-9+.-]+):\/\/(?:[^/@]*@)?([^/]*)/i.exec(text) ?? []
  if (written === undefined ? !text.startsWith('${') : ![scheme, `${scheme}s`].includes(written.toLowerCase()))
    return access.refuse(node, `the address of ${name} of this type is an ${scheme} or ${scheme}s URL`)
  if (written?.toLowerCase() === scheme && !host.startsWith('${') && !/^(?:127\.|localhost(?::|$)|\[::1\])/i.test(host)) {
    const problem = `${name} is reached by ${scheme}s, or on this machine: what it says must not be read or changed on its way`
    return access.refuse(node, problem)
  }
  return settingText(text, node, `address of ${name}`, reading)
}

/** Undefined where something is wrong. */
function readLogin(object: ObjectNode, reading: FeedReading): RevocationFeedPlan['login'] | undefined {
  const { access } = reading
  const [hasName, hasPassword] = [object.entries.has('username'), object.entries.has('password')]
  if (!hasName && !hasPassword) return null
  const read = (key: 'username' | 'password'): SettingText | null =>
    access.required(object, key, (value) => {
      const text = access.text(value)
      return text === null ? null : settingText(text, value, `${key} for a revocation feed`, reading)
    })
  const [username, password] = [read('username'), read('password')]
  return username === null || password === null ? undefined : { username, password }
}

function settingText(text: string, node: SourceNode, usedFor: string, { settings, access }: FeedReading): SettingText | null {
  return parseSettingText(text, node.at, usedFor, settings, access.diagnostics)
}

function readAuthorities(node: SourceNode, { authorities, access }: FeedReading): readonly Authority[] | null {
  const list = access.array(node)
  if (list === null) return null
  if (list.items.length === 0) return access.refuse(list, '`authorities` names no file')
  return list.items.flatMap((item) => {
    const value = access.text(item)
    return value === null ? [] : authorities.read({ value, at: item.at })
  })
}
