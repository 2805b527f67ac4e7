/** Where a Redis is, as a URL says it: `rediss://user:password@host:port/database`. */
import { isLoopback } from '../calls/loopback.ts'

export type RedisAddress = {
  readonly host: string
  readonly port: number
  /** `rediss`: over TLS. */
  readonly secure: boolean
  readonly user: string | null
  readonly password: string | null
  readonly database: number
  /** Nothing that is sent there leaves this machine in the clear. */
  readonly confidential: boolean
}

/** `null` where the text is no such URL. */
export function parseRedisUrl(text: string): RedisAddress | null {
  if (!/^rediss?:\/\/[^\s\\?#]+$/i.test(text)) return null
  const url = URL.parse(text)
  const [, database] = /^\/?(\d{0,5})$/.exec(url?.pathname ?? '/?') ?? []
  if (url === null || url.hostname === '' || database === undefined) return null
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const secure = url.protocol === 'rediss:'
  const user = decoded(url.username)
  const password = decoded(url.password)
  if (user === undefined || password === undefined) return null
  return {
    host,
    port: Number(url.port || 6379),
    secure,
    user,
    password,
    database: Number(database),
    confidential: secure || isLoopback(host),
  }
}

/** `null` for nothing, undefined for what is not encoded as it should be. */
function decoded(text: string): string | null | undefined {
  try {
    return text === '' ? null : decodeURIComponent(text)
  } catch {
    return undefined
  }
}
