import type { SubscriptionState } from '../plan/subscriptions.ts'
import type { SourceReference } from './source-reference.ts'

export type ManifestApplication = {
  readonly id: string
  readonly uuid: string | null
  readonly name: string
  readonly owner: string | null
  readonly tier: string | null
  /** What its callers show: the kind and the name, of tokens the issuer and the client id. */
  readonly keys: readonly {
    readonly holder: string
    readonly keyType: 'production' | 'sandbox' | null
    readonly domains: readonly string[]
  }[]
  readonly subscriptions: readonly {
    readonly api: string
    readonly version: string
    readonly tier: string | null
    readonly state: SubscriptionState
  }[]
  readonly at: SourceReference
}
