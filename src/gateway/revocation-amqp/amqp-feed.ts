/**
 * The capability `revocation-amqp`: a topic of a broker of AMQP 0-9-1, such as WSO2's or RabbitMQ. It says what is revoked from now on; what
 * was before, another feed says.
 */
import type { AmqpFeedPlan } from '../../contract/plan/revocation-feed.ts'
import { amqpTarget } from '../amqp/amqp-address.ts'
import { followTopic } from '../amqp/follow-topic.ts'
import type { RevocationFeedCapability, TopicSink } from '../capabilities/revocation-feed.ts'
import { TopicMessages } from '../feeds/topic-messages.ts'

export const revocationAmqpCapability: RevocationFeedCapability<AmqpFeedPlan, TopicSink> = async (plan, sink, surroundings) => {
  const { values, clock, atEnd } = surroundings
  const target = amqpTarget(plan, values, 'a revocation feed')
  const ended = new AbortController()
  atEnd(() => ended.abort())
  const messages = new TopicMessages({ sink, clock, keep: plan.keep })
  const listener = {
    subscribed: (time: number) => sink.subscribed(time),
    received: ({ body, contentType, headers }: { readonly body: Buffer; readonly contentType: unknown; readonly headers: unknown }) =>
      messages.receivedBytes(body, contentType, headers),
    confirm: (time: number) => sink.confirm(time),
    failed: (problem: string) => sink.failed(problem),
  }
  followTopic(target, plan, listener, clock, ended.signal)
}
