/** Connections to a Redis, as all parts of a gateway make them: verified TLS, nothing told about the client, nothing kept while it is away. */
import { createClient } from '@redis/client'
import type { RedisAddress } from './redis-address.ts'

export type RedisClient = ReturnType<typeof redisClient>

/** How long to wait before it connects again, in milliseconds, by the number of tries; `false`: it does not. */
type Reconnecting = false | ((tries: number) => number)

/** `authorities`: PEM certificates; empty for those that Node trusts. It connects when it is told to. */
export function redisClient(address: RedisAddress, authorities: readonly string[], reconnectStrategy: Reconnecting) {
  const { host, port, secure, user, password, database } = address
  const own = authorities.length === 0 ? {} : { ca: [...authorities] }
  // Said, because an environment variable of Node's changes the default.
  const tls = secure ? ({ tls: true, minVersion: 'TLSv1.2', rejectUnauthorized: true, ...own } as const) : {}
  return createClient({
    RESP: 2,
    socket: { host, port, connectTimeout: 5_000, socketTimeout: 15_000, reconnectStrategy, ...tls },
    ...(user === null ? {} : { username: user }),
    ...(password === null ? {} : { password }),
    database,
    // Keeps a connection that rests, and finds out about one that is dead.
    pingInterval: 5_000,
    commandsQueueMaxLength: 1_000,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
  })
}

/** What Node or Redis calls it, and nothing that somebody else wrote. */
export function wordFor(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('code' in error && typeof error.code === 'string') return error.code
  return /^[A-Z]{4,20}\b/.exec(error.message)?.[0] ?? error.constructor.name
}

/** Undefined when the time is over. */
export async function within<T>(time: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, time, undefined)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
