/** A topic of a real RabbitMQ, which speaks AMQP 1.0 by a plugin, and all that can happen to it. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { publish } from '../../../../src/gateway/amqp10/publish.ts'
import { amqp10Target } from '../../../../src/gateway/amqp10/target.ts'
import { TestAuthority } from '../../../wire/certificates.ts'
import { Rabbit, rabbitIsMissing } from '../../../wire/rabbitmq.ts'
import { until } from '../../../wire/until.ts'
import { follow } from './topic-recorder.ts'

const login = { username: ['guest'], password: ['s3cret'] } as const

describe('a topic of RabbitMQ over AMQP 1.0', { skip: rabbitIsMissing }, () => {
  const authority = new TestAuthority('RabbitMQ authority')
  let rabbit: Rabbit
  let url: string

  before(async () => {
    const identity = authority.identity(['localhost'])
    rabbit = await Rabbit.start({ password: 's3cret', plugins: ['rabbitmq_amqp1_0'], identity })
    url = `amqp://127.0.0.1:${rabbit.port}`
  })
  after(() => rabbit?.stop())

  it('brings what is published over either protocol', async (context) => {
    const sinks = [
      await follow(context, { url: [url], topic: ['/topic/revoked'], login }),
      await follow(context, { url: [url], topic: ['/exchange/amq.topic/revoked'], login }),
    ]
    await until(() => sinks.every(({ subscriptions }) => subscriptions === 1))
    await rabbit.publish('revoked', '{"jti":"a","exp":4000000000}')
    await rabbit.publish('elsewhere', '{"jti":"not-here"}')
    const target = await amqp10Target({ url: [url], topic: ['/topic/revoked'], login, authorities: [] }, new Map(), 'the broker')
    await publish(target, '{"client":"c","before":7}')
    await until(() => sinks.every(({ names }) => names.has('client c')))
    for (const sink of sinks) {
      assert.deepEqual([...sink.names], ['token a', 'client c'])
      await sink.confirmedAgain()
      assert.deepEqual([sink.skipped, sink.problems], [0, []])
    }
  })

  it('is subscribed to again after the broker was killed, or stopped answering', async (context) => {
    const sink = await follow(context, { url: [url], login })
    await until(() => sink.subscriptions === 1)
    await rabbit.kill()
    await until(() => sink.problems.length > 0)
    assert.equal(sink.problems[0], 'connect')
    await rabbit.begin()
    await until(() => sink.subscriptions === 2)
    await rabbit.publish('revoked', '{"jti":"after"}')
    await until(() => sink.names.has('token after'))

    rabbit.freeze()
    const { confirmed } = sink
    await until(() => sink.problems.includes('timeout'))
    assert.ok(sink.confirmed <= confirmed + 1, 'nothing is confirmed by who does not answer')
    rabbit.wake()
    await until(() => sink.subscriptions === 3)
    await sink.confirmedAgain()
  })

  it('over TLS, by the authorities that the project names', async (context) => {
    const secure = `amqps://localhost:${rabbit.securePort}`
    const trusting = await follow(context, { url: [secure], login, authorities: [authority.certificate] })
    const strange = await follow(context, { url: [secure], login })
    await until(() => trusting.subscriptions === 1 && strange.problems.length > 0)
    await trusting.confirmedAgain()
    assert.deepEqual([strange.problems[0], strange.subscriptions], ['tls', 0])
  })

  it('is no queue, of which each gateway would get a part', async (context) => {
    const sink = await follow(context, { url: [url], topic: ['revoked'], login })
    await until(() => sink.problems.length > 0)
    assert.deepEqual([sink.problems[0], sink.subscriptions], ['to this broker the address is a queue', 0])
  })

  it('not with the wrong password, nor on another virtual host', async (context) => {
    const wrong = await follow(context, { url: [url], login: { username: ['guest'], password: ['guest'] } })
    const elsewhere = await follow(context, { url: [`${url}/elsewhere`], login })
    await until(() => wrong.problems.length > 0 && elsewhere.problems.length > 0)
    assert.deepEqual([wrong.subscriptions, elsewhere.subscriptions], [0, 0])
    assert.equal(wrong.problems[0], 'amqp:unauthorized-access')
  })
})
