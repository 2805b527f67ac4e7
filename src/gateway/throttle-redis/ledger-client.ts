/** Connections to the Redis with the ledgers: to one server, to the one that sentinels name, or to a Cluster. */
import { createCluster, createSentinel } from '@redis/client'
import type { RedisAddress } from '../redis/redis-address.ts'
import { redisClient } from '../redis/redis-client.ts'

export { within, wordFor } from '../redis/redis-client.ts'

export type LedgerClient = {
  readonly isReady: boolean
  connect(): Promise<unknown>
  on(event: 'ready' | 'error', listener: (error: unknown) => void): void
  run(words: readonly string[]): Promise<unknown>
  end(): void
}

export type LedgerTopology =
  | { readonly kind: 'server' }
  | { readonly kind: 'sentinel'; readonly name: string }
  | { readonly kind: 'cluster' }

/** `addresses`: of the server, of sentinels, or of some nodes; user, password and TLS are those of the first one. */
export function ledgerClient(addresses: readonly RedisAddress[], authorities: readonly string[], topology: LedgerTopology): LedgerClient {
  const [first] = addresses
  if (first === undefined) throw new Error('no address of a Redis')
  if (topology.kind === 'server') {
    const client = redisClient(first, authorities, pause)
    return facade(client, (words) => client.sendCommand(words))
  }
  const common = optionsOf(first, authorities)
  if (topology.kind === 'cluster') {
    const nodes = addresses.map(({ host, port }) => ({ ...common, socket: { ...common.socket, host, port } }))
    const client = createCluster({ RESP: 2, rootNodes: nodes, defaults: common, minimizeConnections: false })
    // Keys begin with the fourth word: EVALSHA, digest, how many, the first.
    return facade(client, (words) => client.sendCommand(words[3], false, [...words]))
  }
  const client = createSentinel({
    RESP: 2,
    name: topology.name,
    sentinelRootNodes: addresses.map(({ host, port }) => ({ host, port })),
    nodeClientOptions: common,
    sentinelClientOptions: common,
    scanInterval: 1_000,
  })
  return facade(client, (words) => client.sendCommand(false, [...words]))
}

/** What the library calls it: of a server, of the nodes of a Cluster, of the master that sentinels name. */
const events = { ready: ['ready', 'node-ready', 'topology-change'], error: ['error', 'node-error'] } as const

type Library = {
  readonly isReady: boolean
  readonly isOpen: boolean
  connect(): Promise<unknown>
  on(event: string, listener: (error: unknown) => void): unknown
  destroy(): unknown
}

function facade(library: Library, run: LedgerClient['run']): LedgerClient {
  return {
    get isReady() {
      return library.isReady
    },
    connect: () => library.connect(),
    on: (event, listener) => {
      for (const name of events[event]) library.on(name, listener)
    },
    run,
    end: () => {
      if (library.isOpen) library.destroy()
    },
  }
}

function optionsOf({ secure, user, password }: RedisAddress, authorities: readonly string[]) {
  const own = authorities.length === 0 ? {} : { ca: [...authorities] }
  const tls = secure ? ({ tls: true, minVersion: 'TLSv1.2', rejectUnauthorized: true, ...own } as const) : {}
  return {
    socket: { connectTimeout: 5_000, socketTimeout: 15_000, reconnectStrategy: pause, ...tls },
    ...(user === null ? {} : { username: user }),
    ...(password === null ? {} : { password }),
    pingInterval: 5_000,
    commandsQueueMaxLength: 10_000,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled' as const,
  }
}

/** Milliseconds before the next try; not the same for all gateways that lost it at the same time. */
function pause(tries: number): number {
  return Math.min(50 * 2 ** Math.min(tries, 6), 2_000) * (0.5 + Math.random() / 2)
}
