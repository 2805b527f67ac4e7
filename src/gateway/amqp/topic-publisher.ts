/** Sends messages to a topic, on one connection that is opened when there is something to send, and anew after it broke. */
import type { ConfirmChannel } from 'amqplib'
import type { AmqpTarget } from './amqp-address.ts'
import { AmqpConnection, AmqpError, amqpFailure } from './amqp-connection.ts'
import type { Topic } from './follow-topic.ts'

type Open = { readonly connection: AmqpConnection; readonly channel: ConfirmChannel }

export class TopicPublisher {
  readonly #target: AmqpTarget
  readonly #topic: Topic
  #open: Promise<Open> | null = null

  constructor(target: AmqpTarget, topic: Topic) {
    this.#target = target
    this.#topic = topic
  }

  /**
   * Resolves when the broker says that it has the message, whether anybody listens or not. Rejects with an AmqpError where it does not say so
   * in time; then it may have it all the same.
   */
  async publish(text: string): Promise<void> {
    this.#open ??= this.#connect()
    const { connection, channel } = await this.#open
    try {
      channel.publish(this.#topic.exchange, this.#topic.topic, Buffer.from(text), {
        contentType: 'application/json',
        contentEncoding: 'utf-8',
      })
      await connection.call(channel.waitForConfirms())
    } catch (error) {
      throw error instanceof AmqpError ? error : new AmqpError(connection.problem ?? amqpFailure(error))
    }
  }

  /** Whatever becomes of it: the next message opens another one. */
  async #connect(): Promise<Open> {
    const forget = (): void => {
      this.#open = null
    }
    try {
      const connection = await AmqpConnection.open(this.#target)
      connection.over.addEventListener('abort', forget)
      return { connection, channel: await connection.confirmChannel() }
    } catch (error) {
      forget()
      throw error
    }
  }

  async close(): Promise<void> {
    const opened = await this.#open?.catch(() => null)
    await opened?.connection.close()
  }
}
