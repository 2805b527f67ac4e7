/**
 * Listens to a topic, for ever: where the connection breaks, it connects again, after longer and longer pauses. What is sent in between
 * is lost, and whoever listens is told when that is over.
 */
import type { ConsumeMessage } from 'amqplib'
import type { Clock } from '../clock.ts'
import { Backoff, pause } from '../feeds/backoff.ts'
import type { AmqpTarget } from './amqp-address.ts'
import { AmqpConnection, amqpFailure } from './amqp-connection.ts'

export type Topic = { readonly exchange: string; readonly topic: string }

export type TopicMessage = { readonly body: Buffer; readonly contentType: unknown; readonly headers: unknown }

/** Times are monotonic milliseconds. */
export type TopicListener = {
  /** What is published from this time on comes. */
  subscribed(time: number): void
  /** Never throws. */
  received(message: TopicMessage): void
  /** Everything has come that the broker had for this topic at this time. */
  confirm(time: number): void
  /** A few words why, without anything that the broker said. */
  failed(problem: string): void
}

/** Milliseconds between two questions whether broker, queue and exchange are still there, and belong together. */
const beat = 2_000

/** Until `ended`. Never rejects. */
export async function followTopic(
  target: AmqpTarget,
  topic: Topic,
  listener: TopicListener,
  clock: Clock,
  ended: AbortSignal,
): Promise<void> {
  const backoff = new Backoff()
  while (!ended.aborted) {
    const problem = await listen(target, topic, listener, clock, ended, () => backoff.reset()).catch(amqpFailure)
    if (ended.aborted) return
    listener.failed(problem)
    await pause(backoff.next(), ended)
  }
}

/** On one connection, for as long as it goes well. Returns or rejects with why it does not. */
async function listen(
  target: AmqpTarget,
  { exchange, topic }: Topic,
  listener: TopicListener,
  clock: Clock,
  ended: AbortSignal,
  works: () => void,
): Promise<string> {
  const connection = await AmqpConnection.open(target)
  try {
    if (ended.aborted) return 'ended'
    const channel = await connection.channel()
    // The broker names it, and takes it away with the connection.
    const declared = channel.assertQueue('', { exclusive: true, autoDelete: true, durable: false })
    const { queue } = await connection.call(declared)
    await connection.call(channel.bindQueue(queue, exchange, topic))
    const since = clock.monotonic()
    const received = (message: ConsumeMessage | null): void => {
      // The broker has ended it: the queue is gone.
      if (message === null) return connection.fail('cancelled')
      const { contentType, headers } = message.properties as { readonly contentType?: unknown; readonly headers?: unknown }
      listener.received({ body: message.content, contentType, headers })
    }
    // Nothing is acknowledged: what was sent is taken over before anything else is read, and what was not is lost with the queue anyway.
    await connection.call(channel.consume(queue, received, { noAck: true, exclusive: true }))
    connection.gather()
    listener.subscribed(since)
    const over = AbortSignal.any([ended, connection.over])
    while (!over.aborted) {
      await pause(beat, over)
      if (over.aborted) break
      const asked = clock.monotonic()
      // Its answer comes after all messages that the queue had when it was asked.
      await connection.call(channel.checkQueue(queue))
      // Another exchange in the place of the first knows nothing of the queue. Of one that does, nothing changes.
      await connection.call(channel.bindQueue(queue, exchange, topic))
      listener.confirm(asked)
      works()
    }
    return connection.problem ?? 'ended'
  } finally {
    await connection.close()
  }
}
