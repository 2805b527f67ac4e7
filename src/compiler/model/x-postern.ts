/** Postern's own extension: everything that `x-postern` may say at one level. */
import { entry } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { readHolderNames } from './certificate-holders.ts'
import { readConcurrency } from './concurrency.ts'
import { readCors, type WrittenCors } from './cors.ts'
import type { Definition, Level } from './definition.ts'
import { durationAt, durationOrOffAt } from './duration.ts'
import { noCapacities, noHardLimits, readCapacities, readHardLimits } from './hard-limits.ts'
import { httpLimitBounds } from './http-limits.ts'
import { readOnStale } from './on-stale.ts'
import { placedText } from './placed-text.ts'
import { sizeAt } from './size.ts'
import { timeoutBounds } from './timeouts.ts'
import { nothingTold, readToldIdentity } from './told-identity.ts'
import type { ToldIdentity } from './types/backend-identity.ts'
import type { Upgrade } from './types/operation.ts'
import type { Placed } from './types/placed.ts'
import type { WrittenOnStale } from './types/revocation.ts'
import type { Capacities, Concurrency, HardLimits, Throttle } from './types/throttling.ts'
import { readUpgrade } from './upgrade.ts'
import { readWrittenBackend, type WrittenBackend } from './written-backend.ts'

type Key = { readonly levels: readonly Level[]; readonly supported: boolean }

const everywhere = ['root', 'path', 'operation'] as const

/** Every key, where it may stand, and whether this version can do what it says. */
export const posternKeys: ReadonlyMap<string, Key> = new Map<string, Key>([
  ['backend', { levels: everywhere, supported: true }],
  ['sandboxBackend', { levels: everywhere, supported: true }],
  ['throttle', { levels: everywhere, supported: true }],
  ['maxBody', { levels: everywhere, supported: true }],
  ['timeout', { levels: everywhere, supported: true }],
  ['idle', { levels: everywhere, supported: true }],
  ['public', { levels: ['operation'], supported: true }],
  ['issuers', { levels: everywhere, supported: true }],
  ['certificates', { levels: everywhere, supported: true }],
  ['hardLimit', { levels: ['root'], supported: true }],
  ['capacity', { levels: ['root'], supported: true }],
  ['concurrency', { levels: ['root'], supported: true }],
  ['upgrade', { levels: ['operation'], supported: true }],
  ['cors', { levels: everywhere, supported: true }],
  ['backendToken', { levels: everywhere, supported: true }],
  ['consumerFields', { levels: everywhere, supported: true }],
  ['forwardCredential', { levels: everywhere, supported: true }],
  ['onStale', { levels: everywhere, supported: true }],
])

export type PosternExtension = {
  readonly backend: Placed<WrittenBackend> | null
  readonly sandboxBackend: Placed<WrittenBackend> | null
  readonly throttle: Throttle | null
  readonly hardLimits: HardLimits
  readonly capacities: Capacities
  readonly concurrency: Concurrency | null
  /** Bytes. */
  readonly maxBody: Placed<number> | null
  /** Milliseconds. */
  readonly timeout: Placed<number> | null
  /** Milliseconds; 0 for no bound. */
  readonly idle: Placed<number> | null
  readonly public: Placed<true> | null
  /** Whose tokens will do. */
  readonly issuers: Placed<readonly Placed<string>[]> | null
  /** Whose certificates will do. */
  readonly certificates: Placed<readonly Placed<string>[]> | null
  readonly upgrade: Placed<Upgrade> | null
  readonly cors: Placed<WrittenCors> | null
  readonly identity: ToldIdentity
  readonly onStale: Placed<WrittenOnStale> | null
}

const nothing: PosternExtension = {
  backend: null,
  sandboxBackend: null,
  throttle: null,
  hardLimits: noHardLimits,
  capacities: noCapacities,
  concurrency: null,
  maxBody: null,
  timeout: null,
  public: null,
  issuers: null,
  certificates: null,
  idle: null,
  upgrade: null,
  cors: null,
  identity: nothingTold,
  onStale: null,
}

export function readPostern(holder: ObjectNode, level: Level, definition: Definition): PosternExtension {
  const { extensions } = definition
  const { authorities } = definition.project
  const node = extensions.optional(holder, 'x-postern', (value) => extensions.object(value))
  if (node === null) return nothing
  checkKeys(node, level, definition)
  const placed = <T>(key: string, read: (value: SourceNode) => T | null): Placed<T> | null => {
    const value = entry(node, key)
    const result = value === null ? null : read(value)
    return value === null || result === null ? null : { value: result, at: value.at }
  }
  const { maxBody } = httpLimitBounds
  const { exchange, bodyIdle } = timeoutBounds
  return {
    backend: extensions.optional(node, 'backend', (value) => readWrittenBackend(value, extensions, authorities)),
    sandboxBackend: extensions.optional(node, 'sandboxBackend', (value) => readWrittenBackend(value, extensions, authorities)),
    throttle: extensions.optional(node, 'throttle', (value) => readThrottle(value, definition)),
    hardLimits:
      (level === 'root' ? extensions.optional(node, 'hardLimit', (value) => readHardLimits(value, extensions)) : null) ?? noHardLimits,
    capacities:
      (level === 'root' ? extensions.optional(node, 'capacity', (value) => readCapacities(value, extensions)) : null) ?? noCapacities,
    concurrency: level === 'root' ? placed('concurrency', (value) => readConcurrency(value, extensions)) : null,
    maxBody: placed('maxBody', (value) => sizeAt(value, maxBody.least, maxBody.most, extensions)),
    timeout: placed('timeout', (value) => durationAt(value, exchange.least, exchange.most, extensions)),
    idle: placed('idle', (value) => durationOrOffAt(value, bodyIdle.least, 24 * bodyIdle.most, extensions)),
    public: level === 'operation' ? placed('public', (value) => readPublic(value, definition)) : null,
    issuers: placed('issuers', (value) => readIssuerNames(value, definition)),
    certificates: extensions.optional(node, 'certificates', (value) => readHolderNames(value, extensions)),
    upgrade: level === 'operation' ? placed('upgrade', (value) => readUpgrade(value, definition)) : null,
    cors: placed('cors', (value) => readCors(value, definition)),
    identity: readToldIdentity(node, extensions),
    onStale: placed('onStale', (value) => readLevelOnStale(value, definition)),
  }
}

function checkKeys(node: ObjectNode, level: Level, { extensions, diagnostics }: Definition): void {
  extensions.checkKeys(node, [...posternKeys.keys()])
  for (const [name, { keyAt }] of node.entries) {
    const key = posternKeys.get(name)
    if (key === undefined) continue
    if (!key.levels.includes(level)) {
      diagnostics.report('invalid-extension', keyAt, `\`${name}\` has no meaning here`, `It may stand at: ${key.levels.join(', ')}.`)
    } else if (!key.supported) diagnostics.report('not-supported-yet', keyAt, `\`x-postern.${name}\` is not supported yet`)
  }
}

function readThrottle(node: SourceNode, { extensions }: Definition): Throttle | null {
  if (node.kind !== 'object') {
    const tier = placedText(node, extensions)
    return tier === null ? null : { tier, by: 'consumer' }
  }
  extensions.checkKeys(node, ['tier', 'by'])
  const tier = extensions.required(node, 'tier', (value) => placedText(value, extensions))
  const by = extensions.optional(node, 'by', (value) => extensions.oneOf(value, ['consumer', 'api', 'address']))
  return tier === null ? null : { tier, by: by ?? 'consumer' }
}

function readLevelOnStale(node: SourceNode, { extensions }: Definition): WrittenOnStale | null {
  const object = extensions.object(node)
  if (object === null) return null
  extensions.checkKeys(object, ['after', 'action'])
  return readOnStale(object, extensions)
}

/** Nobody could meet an operation that accepts no issuer. */
function readIssuerNames(node: SourceNode, { extensions }: Definition): readonly Placed<string>[] | null {
  const list = extensions.array(node)
  if (list === null) return null
  if (list.items.length === 0) return extensions.refuse(list, '`issuers` is empty', 'Name the issuers whose tokens will do.')
  const names = list.items.map((item) => placedText(item, extensions))
  return names.every((name) => name !== null) ? names : null
}

/** `false` would seem to protect, and does not: it would not undo an `x-wso2-disable-security` of the root. */
function readPublic(node: SourceNode, { extensions }: Definition): true | null {
  if (node.kind === 'scalar' && node.value === true) return true
  return extensions.refuse(node, '`public` can only be `true`', 'Remove it where the operation is not public.')
}
