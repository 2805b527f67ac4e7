/**
 * Listens to a topic, for ever: where the connection breaks, it connects again, after longer and longer pauses. What is sent in between
 * is lost, and whoever listens is told when that is over.
 */
import type { Clock } from '../clock.ts'
import { Backoff, pause } from '../feeds/backoff.ts'
import { Amqp10Connection, amqp10Failure, inTime } from './connection.ts'
import type { Amqp10Target } from './target.ts'

/** Times are monotonic milliseconds. */
export type TopicListener = {
  /** What is published from this time on comes. */
  subscribed(time: number): void
  /** A message as its bytes; undefined for one that is too large. Never throws. */
  received(message: Buffer | undefined): void
  /** The broker answered a question of this time. */
  confirm(time: number): void
  /** A few words why. */
  failed(problem: string): void
}

/** Milliseconds between two questions whether the broker still answers. */
const beat = 2_000

/** Until `ended`. Never rejects. */
export async function followTopic(target: Amqp10Target, listener: TopicListener, clock: Clock, ended: AbortSignal): Promise<void> {
  const backoff = new Backoff()
  while (!ended.aborted) {
    const problem = await listen(target, listener, clock, ended, () => backoff.reset()).catch(amqp10Failure)
    if (ended.aborted) return
    listener.failed(problem)
    await pause(backoff.next(), ended)
  }
}

/** On one connection, for as long as it goes well. Returns or rejects with why it does not. */
async function listen(target: Amqp10Target, listener: TopicListener, clock: Clock, ended: AbortSignal, works: () => void): Promise<string> {
  const connection = await Amqp10Connection.open(target, inTime(ended))
  const over = AbortSignal.any([ended, connection.over])
  try {
    await connection.receive(target.topic, inTime(ended), (message) => listener.received(message))
    listener.subscribed(clock.monotonic())
    for (;;) {
      await pause(beat, over)
      if (over.aborted) return connection.why
      const asked = clock.monotonic()
      await connection.ask(inTime(ended))
      listener.confirm(asked)
      works()
    }
  } finally {
    connection.close()
  }
}
