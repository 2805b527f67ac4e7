/** Who says while the gateway runs what is revoked. */
import type { SettingText } from './setting.ts'

/** A source that is asked while the gateway runs. */
export type RevocationFeedPlan = ListFeedPlan | EtcdFeedPlan | RedisFeedPlan | AmqpFeedPlan | Amqp10FeedPlan

/** What all have. Addresses are https, rediss or amqps, or in the clear on this machine. */
type FeedPlan = {
  /** `null`: nothing is shown to the source. */
  readonly login: { readonly username: SettingText; readonly password: SettingText } | null
  /** PEM certificates, one each; empty for those that Node trusts. */
  readonly authorities: readonly string[]
}

/** What can be written to as well. `publish`: what is revoked through the gateway is published there. */
type PublishableFeedPlan = FeedPlan & { readonly publish: boolean }

/** A list of everything, read as a whole. `every`: milliseconds. */
export type ListFeedPlan = FeedPlan & { readonly kind: 'list'; readonly url: SettingText; readonly every: number }

/** Keys of etcd v3, read once and then watched. `prefix`: what they begin with, without the slash after it. */
export type EtcdFeedPlan = PublishableFeedPlan & {
  readonly kind: 'etcd'
  readonly endpoints: readonly SettingText[]
  readonly prefix: string
}

/** A stream of Redis, with a message for each entry. */
export type RedisFeedPlan = PublishableFeedPlan & { readonly kind: 'redis'; readonly url: SettingText; readonly stream: string }

/**
 * A topic of a broker of AMQP 0-9-1, which tells what is new and nothing else. `keep`: milliseconds for which entries are kept that say no
 * end of their own.
 */
export type AmqpFeedPlan = PublishableFeedPlan & {
  readonly kind: 'amqp'
  readonly url: SettingText
  readonly exchange: string
  readonly topic: string
  readonly keep: number
}

/**
 * A topic of a broker that speaks AMQP 1.0. `topic`: its address there. `keep`: milliseconds for which an entry counts that says no end.
 */
export type Amqp10FeedPlan = PublishableFeedPlan & {
  readonly kind: 'amqp10'
  readonly url: SettingText
  readonly topic: SettingText
  readonly keep: number
}
