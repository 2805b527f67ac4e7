import { setTimeout as pause } from 'node:timers/promises'
import { Rabbit } from '../../wire/rabbitmq.ts'
import { listSource } from './list-source.ts'
import type { Source } from './source.ts'

const topic = 'tokenRevocation'

/** A topic of RabbitMQ beside a list: the topic tells at once what the list says later, and the list what the topic has lost. */
export async function topicSource(): Promise<Source> {
  const rabbit = await Rabbit.start()
  const list = await listSource()
  return {
    name: 'amqp and list',
    feeds: `[{ type: amqp, url: "\${AMQP_URL}", topic: ${topic} }, { type: list, url: "\${LIST_URL}", every: 2s }]`,
    mostDelay: 100,
    port: rabbit.port,
    settings: (port) => ({ ...list.settings(list.port), AMQP_URL: rabbit.url.replace(`:${rabbit.port}`, `:${port}`) }),
    revoke: async (revocation) => {
      await list.revoke(revocation)
      await rabbit.publish(topic, JSON.stringify(revocation))
    },
    troubles: [
      ...list.troubles,
      {
        name: 'broker killed and begun again',
        happen: async (random) => {
          await rabbit.kill()
          await pause(random.below(3000))
          await rabbit.begin()
        },
      },
      {
        name: 'broker stopped for a while',
        happen: async (random) => {
          rabbit.freeze()
          await pause(random.below(8000))
          rabbit.wake()
        },
      },
    ],
    end: async () => {
      await list.end()
      await rabbit.stop()
    },
  }
}
