/** `throttling.trafficManager` of postern.yaml: a Traffic Manager of WSO2 that counts for all gateways. */
import type { SettingText } from '../../contract/plan/setting.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { readAuthorityFiles } from './authorities.ts'
import { checkProjectKeys, trafficManagerKeys } from './project-keys.ts'
import { readBrokerAddress, readTopicName } from './revocation-feed.ts'
import { placeOfUrl, readService, type ServiceSurroundings, settingsText } from './service.ts'
import type { Service } from './types/service.ts'
import type { Throttling } from './types/throttling.ts'

type Manager = NonNullable<Throttling['trafficManager']>
type Around = Omit<ServiceSurroundings, 'usedFor'>

const usedFor = 'the Traffic Manager'

/** @param node `null` where nothing is said. Returns `null` for one that cannot be used, which is reported. */
export function readTrafficManager(node: SourceNode | null, throttling: ObjectNode, around: Around): Manager | null {
  const { access } = around
  if (node === null)
    return access.refuse(throttling, '`store: trafficManager` needs to know where it is', 'Say it in `throttling.trafficManager`.')
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, trafficManagerKeys.itself, access)
  const service = (key: 'events' | 'data'): Service | null => access.required(object, key, (value) => readItsService(value, key, around))
  const [events, data] = [service('events'), service('data')]
  const decisions = access.required(object, 'decisions', (value) => readDecisions(value, around))
  const login = readLogin(object, around)
  const tenant = access.optional(object, 'tenant', (value) => readTenant(value, access))
  const whenAway = access.optional(throttling, 'whenAway', (value) => access.oneOf(value, ['local', 'deny', 'allow'])) ?? 'local'
  if (events === null || data === null || decisions === null || login === undefined) return null
  return { events, data, decisions, login, tenant: tenant ?? 'carbon.super', whenAway }
}

function readItsService(node: SourceNode, key: 'events' | 'data', around: Around): Service | null {
  const object = around.access.object(node)
  if (object === null) return null
  checkProjectKeys(object, trafficManagerKeys.service, around.access)
  return readService(object, { ...around, usedFor: key === 'events' ? `events for ${usedFor}` : `lists of ${usedFor}` })
}

function readDecisions(node: SourceNode, around: Around): Manager['decisions'] | null {
  const { access } = around
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, trafficManagerKeys.decisions, access)
  const url = access.required(object, 'url', (value) => readBrokerAddress(value, `the topic of ${usedFor}`, around))
  const named = (key: 'exchange' | 'topic', standard: string): string | null =>
    entry(object, key) === null ? standard : access.optional(object, key, (value) => readTopicName(value, key, access))
  const [exchange, topic] = [named('exchange', 'amq.topic'), named('topic', 'throttleData')]
  const authorities = access.optional(object, 'authorities', (value) => readAuthorityFiles(value, around.authorities, access))
  const login = readLogin(object, around)
  const isUnread = authorities === null && entry(object, 'authorities') !== null
  if (url === null || exchange === null || topic === null || login === undefined || isUnread) return null
  return { url, exchange, topic, login, authorities: authorities ?? [], at: placeOfUrl(object) }
}

/** Undefined where something is wrong. */
function readLogin(object: ObjectNode, around: Around): Manager['login'] | undefined {
  const { access } = around
  if (entry(object, 'username') === null && entry(object, 'password') === null) return null
  const read = (key: 'username' | 'password'): SettingText | null =>
    access.required(object, key, (value) => settingsText(value, key, { ...around, usedFor }))
  const [username, password] = [read('username'), read('password')]
  return username === null || password === null ? undefined : { username, password }
}

function readTenant(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null || /^[\w.-]{1,255}$/.test(text)) return text
  return access.refuse(node, '`tenant` is the domain of a tenant, such as `carbon.super`')
}
