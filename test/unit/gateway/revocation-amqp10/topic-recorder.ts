/** The feed, and what it says of its topic. */
import type { TestContext } from 'node:test'
import type { Amqp10FeedPlan } from '../../../../src/contract/plan/revocation-feed.ts'
import type { TopicSink } from '../../../../src/gateway/capabilities/revocation-feed.ts'
import { revocationAmqp10Capability } from '../../../../src/gateway/revocation-amqp10/amqp10-feed.ts'
import { RecordingSink } from '../feeds/recording-sink.ts'
import { samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

export class TopicRecorder extends RecordingSink implements TopicSink {
  subscriptions: number = 0

  subscribed(): void {
    this.subscriptions++
  }
}

/** Until the test ends. */
export async function follow(context: TestContext, plan: Partial<Amqp10FeedPlan>): Promise<TopicRecorder> {
  const sink = new TopicRecorder()
  await revocationAmqp10Capability(
    { kind: 'amqp10', url: [], topic: ['/topic/revoked'], keep: 60_000, publish: false, login: null, authorities: [], ...plan },
    sink,
    { ...sampleSurroundings(samplePlan()), atEnd: (action) => context.after(action) },
  )
  return sink
}
