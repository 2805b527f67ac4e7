/** Sends a message to a topic, and waits until the broker says that it has it. */
import type { AmqpTarget } from './amqp-address.ts'
import { AmqpConnection } from './amqp-connection.ts'
import type { Topic } from './follow-topic.ts'

/** Resolves when the broker has it, whether anybody listens or not. Rejects with an AmqpError. */
export async function publish(target: AmqpTarget, { exchange, topic }: Topic, text: string): Promise<void> {
  const connection = await AmqpConnection.open(target)
  try {
    const channel = await connection.confirmChannel()
    channel.publish(exchange, topic, Buffer.from(text), { contentType: 'application/json', contentEncoding: 'utf-8' })
    await connection.call(channel.waitForConfirms())
  } finally {
    await connection.close()
  }
}
