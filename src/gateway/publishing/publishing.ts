/**
 * The capability `publishing`: what is revoked through this gateway is told to the feeds that may be written to, so that other gateways hear of
 * it, and this one after a restart. It happens beside the requests: the client's answer does not wait for it.
 */
import type { PublishingCapability, RevocationPublisher } from '../capabilities/publishing.ts'
import { PublishQueue } from './publish-queue.ts'
import { RevokedAnswers } from './revoked-answers.ts'

export const publishingCapability: PublishingCapability = async (surroundings, publishers) => {
  const { plan, clock, metrics, thread, warn, atEnd } = surroundings
  const opened = await Promise.all(
    (plan.revocation?.feeds ?? []).map(async (feed, index): Promise<PublishQueue | null> => {
      const opening = openPublisher(feed)
      return opening === null ? null : new PublishQueue(await opening, index, warn)
    }),
  )
  const queues = opened.filter((queue) => queue !== null)
  metrics.publishing = queues
  atEnd(() => {
    for (const queue of queues) queue.end()
  })
  const answers = new RevokedAnswers(plan.revocation?.capacity ?? 0, thread)
  return {
    revoked: (token, issuer, barring) => {
      const entry = barring ?? answers.entryFor(token, plan.issuers[issuer]!, clock.now())
      if (entry === null) return
      for (const queue of queues) {
        if (entry === 'full') queue.drop()
        else queue.add(entry)
      }
    },
  }

  function openPublisher(feed: NonNullable<typeof plan.revocation>['feeds'][number]): Promise<RevocationPublisher> | null {
    if (!('publish' in feed) || !feed.publish) return null
    const missing = new Error(`a feed of kind ${feed.kind} is to be published to, and this bundle cannot`)
    switch (feed.kind) {
      case 'etcd':
        return publishers.etcd === undefined ? Promise.reject(missing) : publishers.etcd(feed, surroundings)
      case 'redis':
        return publishers.redis === undefined ? Promise.reject(missing) : publishers.redis(feed, surroundings)
      case 'amqp':
        return publishers.amqp === undefined ? Promise.reject(missing) : publishers.amqp(feed, surroundings)
      case 'amqp10':
        return publishers.amqp10 === undefined ? Promise.reject(missing) : publishers.amqp10(feed, surroundings)
    }
  }
}
