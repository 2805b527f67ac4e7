/** The capability `publish-amqp`: a revocation as a message of a topic, as JSON, which the broker confirms. */
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { AmqpFeedPlan } from '../../contract/plan/revocation-feed.ts'
import { amqpTarget } from '../amqp/amqp-address.ts'
import { amqpFailure } from '../amqp/amqp-connection.ts'
import { TopicPublisher } from '../amqp/topic-publisher.ts'
import type { RevocationPublisher, RevocationPublisherCapability } from '../capabilities/publishing.ts'
import type { Clock } from '../clock.ts'
import { PublishingFailure } from '../feeds/publishing-failure.ts'
import { writtenEntry } from '../feeds/written-entry.ts'

export const publishAmqpCapability: RevocationPublisherCapability<AmqpFeedPlan> = async (plan, { values, clock }) =>
  new AmqpPublisher(new TopicPublisher(amqpTarget(plan, values, 'a revocation feed'), plan), clock)

class AmqpPublisher implements RevocationPublisher {
  readonly #publisher: TopicPublisher
  readonly #clock: Clock

  constructor(publisher: TopicPublisher, clock: Clock) {
    this.#publisher = publisher
    this.#clock = clock
  }

  async publish(entry: RevokedPlan): Promise<void> {
    try {
      await this.#publisher.publish(JSON.stringify(writtenEntry(entry, this.#clock.now())))
    } catch (error) {
      throw new PublishingFailure(amqpFailure(error))
    }
  }

  close(): void {
    void this.#publisher.close()
  }
}
