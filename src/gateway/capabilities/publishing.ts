/** What publishes what is revoked through the gateway. */
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { Amqp10FeedPlan, AmqpFeedPlan, EtcdFeedPlan, RedisFeedPlan } from '../../contract/plan/revocation-feed.ts'
import type { PlainSurroundings, Surroundings } from './surroundings.ts'

/** What can publish to sources of each kind; undefined where nothing is published there. */
export type RevocationPublishers = {
  readonly etcd: RevocationPublisherCapability<EtcdFeedPlan> | undefined
  readonly redis: RevocationPublisherCapability<RedisFeedPlan> | undefined
  readonly amqp: RevocationPublisherCapability<AmqpFeedPlan> | undefined
  readonly amqp10: RevocationPublisherCapability<Amqp10FeedPlan> | undefined
}

/** Rejects with what an operator can act on. */
export type PublishingCapability = (surroundings: PlainSurroundings, publishers: RevocationPublishers) => Promise<Publishing>

export type Publishing = {
  /**
   * A token was revoked through this gateway at an issuer's key manager. `barring`: what bars it, where it says so itself.
   * Returns at once: it is published as soon as it can be.
   */
  revoked(token: string, issuer: number, barring: RevokedPlan | null): void
}

/** What opening something that publishes to a source needs. */
export type PublishingSurroundings = Pick<Surroundings, 'values' | 'clock' | 'warn'>

/** Opens what publishes to a source; nothing is connected before there is something to publish. Rejects for what can never work. */
export type RevocationPublisherCapability<Plan> = (plan: Plan, surroundings: PublishingSurroundings) => Promise<RevocationPublisher>

export type RevocationPublisher = {
  /** Resolves when the source has acknowledged the entry. Rejects where it did not, or did not in time: then it may be there all the same. */
  publish(entry: RevokedPlan): Promise<void>
  close(): void
}
