import type { ManifestAuthority } from './authority.ts'

/** Where several gateways count together. */
export type ManifestSharedStore = {
  readonly kind: 'redis'
  /** Settings stand as `${NAME}`; never a resolved value. */
  readonly urls: readonly string[]
  readonly topology: 'server' | 'sentinel' | 'cluster'
  /** Of the master, as sentinels know it; else `null`. */
  readonly master: string | null
  readonly plainTcp: boolean
  readonly authorities: readonly ManifestAuthority[]
  /** As written; `null` where the password of the Redis takes its place. */
  readonly secret: string | null
  readonly mode: 'leased' | 'strict'
  readonly whenAway: 'local' | 'deny' | 'allow'
  readonly replicas: number
  readonly timeoutMilliseconds: number
}
