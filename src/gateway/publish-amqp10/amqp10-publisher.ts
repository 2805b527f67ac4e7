/** The capability `publish-amqp10`: a revocation as a message of a topic over AMQP 1.0, as JSON, which the broker accepts. */

import type { Amqp10FeedPlan } from '../../contract/plan/revocation-feed.ts'
import { amqp10Failure } from '../amqp10/connection.ts'
import { publish } from '../amqp10/publish.ts'
import { amqp10Target } from '../amqp10/target.ts'
import type { RevocationPublisherCapability } from '../capabilities/publishing.ts'
import { PublishingFailure } from '../feeds/publishing-failure.ts'
import { writtenEntry } from '../feeds/written-entry.ts'

export const publishAmqp10Capability: RevocationPublisherCapability<Amqp10FeedPlan> = async (plan, { values, clock }) => {
  const target = await amqp10Target(plan, values, 'a revocation feed')
  return {
    publish: async (entry) => {
      try {
        await publish(target, JSON.stringify(writtenEntry(entry, clock.now())))
      } catch (error) {
        throw new PublishingFailure(amqp10Failure(error))
      }
    },
    // Each message has a connection of its own, which ends with it.
    close: () => {},
  }
}
