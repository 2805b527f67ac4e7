/** Publishing to a topic over AMQP 1.0, and brokers that do not want it. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Container, Delivery } from 'rhea'
import { publish } from '../../../../src/gateway/amqp10/publish.ts'
import { type Amqp10Target, amqp10Target } from '../../../../src/gateway/amqp10/target.ts'
import { StagedBroker } from '../revocation-amqp10/staged-broker.ts'

function topicOf(url: string): Promise<Amqp10Target> {
  return amqp10Target({ url: [url], topic: ['revoked'], login: null, authorities: [] }, new Map(), 'a broker')
}

/** A broker that does with each message what `outcomes` say in turn, and the texts that it got. */
async function brokerThat(context: TestContext, ...outcomes: readonly ((delivery: Delivery) => void)[]): Promise<[StagedBroker, string[]]> {
  const texts: string[] = []
  const broker = await StagedBroker.start(context, (container: Container) => {
    container.options.receiver_options = { autoaccept: false }
    container.on('message', ({ message, delivery }) => {
      texts.push(message.body.content.toString())
      outcomes[texts.length - 1]!(delivery)
    })
  })
  return [broker, texts]
}

const accept = (delivery: Delivery): void => delivery.accept()

test('a message that the broker has', async (context) => {
  const [broker, texts] = await brokerThat(context, accept)
  await publish(await topicOf(broker.url), '{"jti":"☃"}')
  assert.deepEqual(texts, ['{"jti":"☃"}'])
})

test('a message that the broker does not want, or that is lost on the way', async (context) => {
  const [broker] = await brokerThat(
    context,
    (delivery) => delivery.reject({ condition: 'amqp:not-allowed', description: 'no' }),
    (delivery) => delivery.release(),
    ({ link }) => link.session.connection.socket.destroy(),
    accept,
  )
  const topic = await topicOf(broker.url)
  for (const reason of ['rejected', 'released', 'connect']) await assert.rejects(publish(topic, 'a'), { reason })
  await publish(topic, 'b')
})

test('nobody there', async () => {
  await assert.rejects(publish(await topicOf('amqp://127.0.0.1:9'), 'a'), { reason: 'connect' })
})
