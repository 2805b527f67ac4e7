/** Sends a message to a topic, and waits until the broker says that it has it. */
import { Amqp10Connection, Amqp10Error, amqp10Failure, inTime } from './connection.ts'
import type { Amqp10Target } from './target.ts'

/** Resolves when the broker has it, whether anybody listens or not. Rejects with an Amqp10Error. */
export async function publish(target: Amqp10Target, text: string): Promise<void> {
  try {
    const connection = await Amqp10Connection.open(target, inTime())
    try {
      await connection.send(target.topic, text, inTime())
    } finally {
      connection.close()
    }
  } catch (error) {
    throw new Amqp10Error(amqp10Failure(error))
  }
}
