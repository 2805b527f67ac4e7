/** `x-postern.upgrade`: to which protocol an operation's connection may be switched (RFC 9110 §7.8), and what bounds it then. */
import type { UpgradeLimitPlan, UpgradePlan } from '../../contract/plan/upgrade.ts'
import { nearestName } from '../source/nearest-name.ts'
import { entry } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { Definition } from './definition.ts'
import { durationAt, durationOrOffAt } from './duration.ts'
import { sizeAt } from './size.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const kib = 1024
const mib = 1024 * kib
const gib = 1024 * mib

/** Milliseconds and bytes. */
const bounds = {
  idle: { default: 5 * minute, least: second, most: 24 * hour },
  life: { default: 0, least: second, most: 30 * 24 * hour },
  maxFrame: { default: mib, least: 125, most: gib },
  frames: { least: 1, most: 1_000_000 },
  bytes: { least: kib, most: 100 * gib },
  per: { least: 100, most: hour },
  perConsumer: { default: 100, least: 1, most: 60_000 },
} as const

/** HTTP itself and TLS would bring requests past the gateway. */
const notTunnelled = /^(?:h2c?|h3|http|https|tls|ssl)(?:$|[/-])/i

/** A protocol's name, perhaps with a version (RFC 9110 §7.8). */
const protocolName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}(?:\/[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64})?$/

const subprotocolName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/

/** Keys that need the frames of WebSocket. */
const webSocketKeys = ['tokenProtocol', 'maxFrame'] as const

export function readUpgrade(node: SourceNode, definition: Definition): UpgradePlan | null {
  const { extensions } = definition
  if (node.kind !== 'object') return settled(readProtocol(node, definition), null, definition)
  extensions.checkKeys(node, ['to', 'idle', 'life', 'limit', 'perConsumer', ...webSocketKeys])
  const protocol = extensions.required(node, 'to', (value) => readProtocol(value, definition))
  return settled(protocol, node, definition)
}

function settled(protocol: string | null, node: ObjectNode | null, { extensions, diagnostics }: Definition): UpgradePlan | null {
  if (protocol === null) return null
  const webSocket = protocol === 'websocket'
  const read = <T>(key: string, reader: (value: SourceNode) => T | null): T | null =>
    node === null ? null : extensions.optional(node, key, reader)
  for (const key of webSocket ? [] : webSocketKeys) {
    const given = node?.entries.get(key)
    if (given !== undefined) diagnostics.report('invalid-extension', given.keyAt, `\`${key}\` has a meaning for \`websocket\` only`)
  }
  const { idle, life, maxFrame, perConsumer } = bounds
  return {
    protocol,
    idle: read('idle', (value) => durationOrOffAt(value, idle.least, idle.most, extensions)) ?? idle.default,
    life: read('life', (value) => durationOrOffAt(value, life.least, life.most, extensions)) ?? life.default,
    tokenProtocol: read('tokenProtocol', (value) =>
      value.kind === 'scalar' && subprotocolName.test(value.text)
        ? value.text
        : extensions.refuse(value, '`tokenProtocol` must be the name of a subprotocol', 'For example `bearer`.'),
    ),
    maxFrame: webSocket ? (read('maxFrame', (value) => sizeAt(value, maxFrame.least, maxFrame.most, extensions)) ?? maxFrame.default) : 0,
    limit: read('limit', (value) => readLimit(value, webSocket, extensions)),
    perConsumer:
      read('perConsumer', (value) => (isOff(value) ? 0 : extensions.integer(value, perConsumer.least, perConsumer.most))) ??
      perConsumer.default,
  }
}

function readProtocol(node: SourceNode, { extensions }: Definition): string | null {
  const text = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : ''
  if (!protocolName.test(text)) return extensions.refuse(node, 'the upgrade must name a protocol', 'For example `websocket`.')
  if (notTunnelled.test(text)) return extensions.refuse(node, 'this protocol would bring requests past the gateway, and is not tunnelled')
  if (text.toLowerCase() === 'websocket') return 'websocket'
  if (meansWebSocket(text)) return extensions.refuse(node, 'no WebSocket client asks for this protocol', 'Did you mean `websocket`?')
  return text
}

/** Its names elsewhere, and slips: as another protocol it would refuse every client. */
function meansWebSocket(text: string): boolean {
  const letters = text.toLowerCase().replaceAll(/[^a-z]/g, '')
  return letters === 'ws' || letters === 'wss' || nearestName(letters, ['websocket'], 2) !== null
}

function isOff(node: SourceNode): boolean {
  return node.kind === 'scalar' && node.text === 'off'
}

function readLimit(node: SourceNode, webSocket: boolean, extensions: Definition['extensions']): UpgradeLimitPlan | null {
  const object = extensions.object(node)
  if (object === null) return null
  extensions.checkKeys(object, webSocket ? ['frames', 'bytes', 'per'] : ['bytes', 'per'])
  const { frames, bytes, per } = bounds
  const limit = {
    frames: webSocket ? (extensions.optional(object, 'frames', (value) => extensions.integer(value, frames.least, frames.most)) ?? 0) : 0,
    bytes: extensions.optional(object, 'bytes', (value) => sizeAt(value, bytes.least, bytes.most, extensions)) ?? 0,
    per: extensions.required(object, 'per', (value) => durationAt(value, per.least, per.most, extensions)),
  }
  if (entry(object, 'frames') === null && entry(object, 'bytes') === null)
    return extensions.refuse(node, webSocket ? 'the limit says neither `frames` nor `bytes`' : 'the limit says no `bytes`')
  return limit.per === null ? null : { ...limit, per: limit.per }
}
