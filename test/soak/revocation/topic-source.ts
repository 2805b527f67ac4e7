import { setTimeout as pause } from 'node:timers/promises'
import { Rabbit } from '../../wire/rabbitmq.ts'
import { listSource } from './list-source.ts'
import type { Source } from './source.ts'

const topic = 'tokenRevocation'

type Protocol = {
  readonly type: 'amqp' | 'amqp10'
  /** As the project names the topic. */
  readonly address: string
  readonly plugins: readonly string[]
}

/** A topic of RabbitMQ beside a list: the topic tells at once what the list says later, and the list what the topic has lost. */
export const topicSource = (): Promise<Source> => sourceOver({ type: 'amqp', address: topic, plugins: [] })

/** The same, heard over AMQP 1.0. */
export const amqp10Source = (): Promise<Source> => sourceOver({ type: 'amqp10', address: `/topic/${topic}`, plugins: ['rabbitmq_amqp1_0'] })

async function sourceOver({ type, address, plugins }: Protocol): Promise<Source> {
  const rabbit = await Rabbit.start({ plugins })
  const list = await listSource()
  return {
    name: `${type} and list`,
    feeds: `[{ type: ${type}, url: "\${AMQP_URL}", topic: ${address} }, { type: list, url: "\${LIST_URL}", every: 2s }]`,
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
