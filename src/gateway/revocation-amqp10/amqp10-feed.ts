/**
 * The capability `revocation-amqp10`: a topic of a broker of AMQP 1.0, such as ActiveMQ, Artemis or Azure Service Bus. It says what is revoked
 * from now on; what was before, another feed says.
 */
import type { Amqp10FeedPlan } from '../../contract/plan/revocation-feed.ts'
import { readMessage } from '../amqp10/amqp-message.ts'
import { followTopic } from '../amqp10/follow-topic.ts'
import { amqp10Target } from '../amqp10/target.ts'
import type { RevocationFeedCapability, TopicSink } from '../capabilities/revocation-feed.ts'
import { TopicMessages } from '../feeds/topic-messages.ts'

export const revocationAmqp10Capability: RevocationFeedCapability<Amqp10FeedPlan, TopicSink> = async (plan, sink, surroundings) => {
  const { values, clock, atEnd } = surroundings
  const target = await amqp10Target(plan, values, 'a revocation feed')
  const ended = new AbortController()
  atEnd(() => ended.abort())
  const messages = new TopicMessages({ sink, clock, keep: plan.keep })
  const listener = {
    subscribed: (time: number) => sink.subscribed(time),
    received: (message: Buffer | undefined) => messages.receivedValue(message === undefined ? undefined : readMessage(message)),
    confirm: (time: number) => sink.confirm(time),
    failed: (problem: string) => sink.failed(problem),
  }
  followTopic(target, listener, clock, ended.signal)
}
