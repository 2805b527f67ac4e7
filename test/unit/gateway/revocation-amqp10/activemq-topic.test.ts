/** Topics of ActiveMQ's two brokers, and what JMS clients of Java send there. Where it is wanted: POSTERN_TEST_ACTIVEMQ=1. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { publish } from '../../../../src/gateway/amqp10/publish.ts'
import { amqp10Target } from '../../../../src/gateway/amqp10/target.ts'
import { ActiveMq, activeMqIsMissing } from '../../../wire/activemq.ts'
import { until } from '../../../wire/until.ts'
import { follow } from './topic-recorder.ts'

for (const { kind, topic } of [
  { kind: 'artemis', topic: 'tokenRevocation' },
  { kind: 'classic', topic: 'topic://tokenRevocation' },
] as const) {
  describe(`a topic of ActiveMQ, ${kind}`, { skip: activeMqIsMissing }, () => {
    let broker: ActiveMq
    let url: string

    before(async () => {
      broker = await ActiveMq.start(kind)
      url = `amqp://127.0.0.1:${broker.port}`
    })
    after(() => broker?.end())

    it('brings texts and maps of JMS clients, and what Postern publishes, to each who listens', async (context) => {
      const sinks = [await follow(context, { url: [url], topic: [topic] }), await follow(context, { url: [url], topic: [topic] })]
      await until(() => sinks.every(({ subscriptions }) => subscriptions === 1))
      const clients = kind === 'classic' ? (['qpid', 'openwire'] as const) : (['qpid'] as const)
      for (const client of clients) {
        await broker.send(client, 'tokenRevocation', { revokedToken: `token-of-${client}`, ttl: 60_000, expiryTime: 4_000_000_000_000 })
        await broker.send(client, 'tokenRevocation', { consumerKey: `key-of-${client}`, revocationTime: 1_700_000_000_000 })
        const event = { event: { payloadData: { revokedToken: `event-of-${client}`, expiryTime: 4_000_000_000_000 } } }
        await broker.send(client, 'tokenRevocation', JSON.stringify(event))
        await broker.send(client, 'tokenRevocation', 'nonsense')
        await broker.send(client, 'elsewhere', { revokedToken: 'not-here' })
      }
      const target = await amqp10Target({ url: [url], topic: [topic], login: null, authorities: [] }, new Map(), 'the broker')
      await publish(target, '{"user":"mallory","before":7}')
      await until(() => sinks.every(({ names }) => names.has('user mallory')))
      for (const sink of sinks) {
        assert.deepEqual(
          [...sink.names],
          [
            ...clients.flatMap((client) => [`token token-of-${client}`, `client key-of-${client}`, `token event-of-${client}`]),
            'user mallory',
          ],
        )
        await sink.confirmedAgain()
        assert.deepEqual([sink.skipped, sink.problems], [clients.length, []])
      }
    })

    it('is subscribed to again after the broker was killed, or stopped answering', async (context) => {
      const sink = await follow(context, { url: [url], topic: [topic] })
      await until(() => sink.subscriptions === 1)
      await broker.kill()
      await until(() => sink.problems.length > 0)
      await broker.begin()
      await until(() => sink.subscriptions === 2)
      await broker.send('qpid', 'tokenRevocation', { revokedToken: 'after' })
      await until(() => sink.names.has('token after'))
      broker.freeze()
      await until(() => sink.problems.includes('timeout'))
      broker.wake()
      await until(() => sink.subscriptions === 3)
      await sink.confirmedAgain()
    })

    it('is a topic, or nothing', async (context) => {
      const sink = await follow(context, { url: [url], topic: ['tokenRevocation'] })
      await until(() => sink.subscriptions + sink.problems.length > 0)
      assert.deepEqual(
        [sink.subscriptions, sink.problems[0]],
        kind === 'artemis' ? [1, undefined] : [0, 'to this broker the address is a queue'],
      )
    })
  })
}
