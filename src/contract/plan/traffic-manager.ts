import type { ServicePlan } from './service.ts'
import type { SettingText } from './setting.ts'

/** A Traffic Manager of WSO2, which counts for all gateways and says afterwards who has used up what. */
export type TrafficManagerPlan = {
  /** Told of requests at `<url>/throttleEventReceiver`. */
  readonly events: ServicePlan
  /** Asked for `<url>/keyTemplates` and `<url>/block`. */
  readonly data: ServicePlan
  /** Shown to both; `null`: nothing is. */
  readonly login: { readonly username: SettingText; readonly password: SettingText } | null
  /** A topic of a broker of AMQP 0-9-1, on which it says what it decides. */
  readonly decisions: {
    readonly url: SettingText
    readonly login: { readonly username: SettingText; readonly password: SettingText } | null
    /** PEM certificates, one each; empty for those that Node trusts. */
    readonly authorities: readonly string[]
    readonly exchange: string
    readonly topic: string
  }
  /** Whose blocking conditions count. */
  readonly tenant: string
  /** What holds while it cannot be told or heard: this gateway counts alone, nothing passes, its limits do not hold. */
  readonly whenAway: 'local' | 'deny' | 'allow'
  /** How many gateways there are: each takes its part while it counts alone. */
  readonly replicas: number
  /** Indexes of the limits that it counts; the others each gateway counts for itself. */
  readonly limits: readonly number[]
}
