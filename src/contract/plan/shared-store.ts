import type { SettingText } from './setting.ts'

/** A Redis in which several gateways count together. */
export type SharedStorePlan = {
  /** `rediss://host:port` of the server, of sentinels, or of some nodes of a Cluster, with user and password where it asks for them. */
  readonly urls: readonly SettingText[]
  /** `name`: of the master, as sentinels know it. */
  readonly topology: { readonly kind: 'server' } | { readonly kind: 'sentinel'; readonly name: string } | { readonly kind: 'cluster' }
  /** `redis:` is allowed also to another machine. */
  readonly plainTcp: boolean
  /** PEM certificates, one each; empty for those that Node trusts. */
  readonly authorities: readonly string[]
  /** Known to all gateways that count together; `null`: the password of the Redis takes its place. */
  readonly secret: SettingText | null
  /** Milliseconds for one script. */
  readonly timeout: number
  /** `leased`: gateways hold small parts of a budget ahead of need. `strict`: each request asks. */
  readonly mode: 'leased' | 'strict'
  /** What holds while Redis is away: this gateway counts alone, nothing passes, everything does. */
  readonly whenAway: 'local' | 'deny' | 'allow'
  /** How many gateways there are: each takes its part while it counts alone. */
  readonly replicas: number
}
