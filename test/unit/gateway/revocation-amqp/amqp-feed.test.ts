/** What only a real broker shows of a topic: logins, TLS, what it takes away, and what it does when it is stopped. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { RevokedPlan } from '../../../../src/contract/plan/revocation.ts'
import type { AmqpFeedPlan } from '../../../../src/contract/plan/revocation-feed.ts'
import { parseAmqpUrl } from '../../../../src/gateway/amqp/amqp-address.ts'
import { TopicPublisher } from '../../../../src/gateway/amqp/topic-publisher.ts'
import type { TopicSink } from '../../../../src/gateway/capabilities/revocation-feed.ts'
import { revocationAmqpCapability } from '../../../../src/gateway/revocation-amqp/amqp-feed.ts'
import { TestAuthority } from '../../../wire/certificates.ts'
import { jmsMap } from '../../../wire/jms-map.ts'
import { Rabbit, rabbitIsMissing } from '../../../wire/rabbitmq.ts'
import { until } from '../../../wire/until.ts'
import { samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

const documentation = new URL('../../../../docs/revocation.md', import.meta.url)

class Seen implements TopicSink {
  readonly names: string[] = []
  readonly problems: string[] = []
  readonly subscriptions: number[] = []
  confirmed: number = 0
  rejections: number = 0

  put({ kind, name }: RevokedPlan): void {
    this.names.push(`${kind} ${name}`)
  }
  subscribed(time: number): void {
    this.subscriptions.push(time)
  }
  confirm(time: number): void {
    assert.ok(time >= this.subscriptions.at(-1)!)
    this.confirmed++
  }
  remove(): void {}
  rejected(): void {
    this.rejections++
  }
  failed(problem: string): void {
    this.problems.push(problem)
  }
}

async function follow(context: TestContext, url: string, changes: Partial<AmqpFeedPlan> = {}): Promise<Seen> {
  const seen = new Seen()
  const plan = {
    kind: 'amqp',
    url: [url],
    exchange: 'amq.topic',
    topic: 'tokenRevocation',
    keep: 3_600_000,
    publish: false,
    login: null,
    authorities: [],
  } as const
  await revocationAmqpCapability({ ...plan, ...changes }, seen, {
    ...sampleSurroundings(samplePlan()),
    atEnd: (action) => context.after(action),
  })
  return seen
}

describe('a topic of RabbitMQ', { skip: rabbitIsMissing }, () => {
  const authority = new TestAuthority('Brokers')
  let rabbit: Rabbit
  let address: string
  const login = { username: ['gateway'], password: ['s3cret/@'] } as const

  before(async () => {
    rabbit = await Rabbit.start({ user: 'gateway', password: 's3cret/@', identity: authority.identity(['localhost']) })
    address = `amqp://127.0.0.1:${rabbit.port}`
  })
  after(() => rabbit?.stop())

  test('messages of all forms, and a login in the address or beside it', async (context) => {
    const both = [await follow(context, rabbit.url), await follow(context, address, { login })]
    for (const seen of both) await until(() => seen.subscriptions.length === 1)
    await rabbit.publish('tokenRevocation', jmsMap({ revokedToken: 'map', ttl: '1' }), { contentType: 'jms/map-message' })
    await rabbit.publish('tokenRevocation', '', { headers: { revokedToken: 'fields', ttl: '1' } })
    await rabbit.publish('tokenRevocation', JSON.stringify({ event: { payloadData: { revokedToken: 'text' } } }))
    await rabbit.publish('tokenRevocation', '{"client":"c","before":5}', { contentType: 'application/json' })
    await rabbit.publish('throttleData', '{"jti":"of another topic"}')
    await rabbit.publish('tokenRevocation', 'nonsense')
    await rabbit.publish('tokenRevocation', Buffer.alloc(3_000_000, 'x'))
    await rabbit.publish('tokenRevocation', '{"jti":"last"}')
    for (const seen of both) {
      await until(() => seen.names.includes('token last'))
      assert.deepEqual(seen.names, ['token map', 'token fields', 'token text', 'client c', 'token last'])
      assert.equal(seen.rejections, 2)
      await until(() => seen.confirmed > 0)
      assert.deepEqual(seen.problems, [])
    }
  })

  test('what Postern publishes itself, on a connection that may break', async (context) => {
    const seen = await follow(context, rabbit.url)
    await until(() => seen.subscriptions.length === 1)
    const target = { address: parseAmqpUrl(rabbit.url)!, login: { username: 'gateway', password: 's3cret/@' }, authorities: [] }
    const topic = { exchange: 'amq.topic', topic: 'tokenRevocation' }
    const publisher = new TopicPublisher(target, topic)
    await publisher.publish('{"jti":"one"}')
    await Promise.all([publisher.publish('{"jti":"two"}'), publisher.publish('{"jti":"three"}')])
    await publisher.close()
    await publisher.publish('{"jti":"four"}')
    await publisher.close()
    await until(() => seen.names.includes('token four'))
    assert.deepEqual(seen.names, ['token one', 'token two', 'token three', 'token four'])
    const nowhere = new TopicPublisher(target, { ...topic, exchange: 'none' })
    for (const _ of [1, 2]) await assert.rejects(nowhere.publish('{}'), { reason: 'broker 404' })
    const stranger = new TopicPublisher({ ...target, login: { username: 'gateway', password: 'wrong' } }, topic)
    for (const _ of [1, 2]) await assert.rejects(stranger.publish('{}'), { reason: 'broker 403' })
    await Promise.all([nowhere.close(), stranger.close()])
  })

  test('another exchange, which is awaited, and whose loss is noticed', async (context) => {
    const seen = await follow(context, rabbit.url, { exchange: 'revocations', topic: 'all' })
    await until(() => seen.problems.length > 0)
    assert.equal(seen.problems[0], 'broker 404')
    await rabbit.with((channel) => channel.assertExchange('revocations', 'topic', { durable: false }))
    await until(() => seen.subscriptions.length === 1 && seen.confirmed > 0)
    await rabbit.with((channel) => channel.deleteExchange('revocations'))
    const before = seen.problems.length
    await until(() => seen.problems.length > before)
    await rabbit.with((channel) => channel.assertExchange('revocations', 'topic', { durable: false }))
    await until(() => seen.subscriptions.length === 2)
    await rabbit.publish('all', '{"jti":"again"}', {}, 'revocations')
    await until(() => seen.names.includes('token again'))
  })

  test('another exchange in its place, which knows nothing of the queue', async (context) => {
    await rabbit.with((channel) => channel.assertExchange('replaced', 'topic', { durable: false }))
    const seen = await follow(context, rabbit.url, { exchange: 'replaced', topic: 'all' })
    await until(() => seen.subscriptions.length === 1)
    await rabbit.with(async (channel) => {
      await channel.deleteExchange('replaced')
      await channel.assertExchange('replaced', 'topic', { durable: false })
    })
    await until(async () => {
      await rabbit.publish('all', '{"jti":"again"}', {}, 'replaced')
      return seen.names.includes('token again')
    }, 'it is heard no more')
  })

  test('a queue that an operator deletes, and a connection that he closes', async (context) => {
    const seen = await follow(context, rabbit.url)
    await until(() => seen.subscriptions.length === 1)
    const queues = (await rabbit.control('list_queues', 'name')).match(/^amq\.gen-\S+$/gm) ?? []
    assert.ok(queues.length > 0)
    // One of an earlier test goes by itself, perhaps before it is asked to.
    for (const queue of queues) await rabbit.control('delete_queue', queue).catch(() => {})
    await until(() => seen.subscriptions.length === 2)
    await rabbit.control('close_all_connections', 'maintenance')
    await until(() => seen.subscriptions.length === 3)
    assert.deepEqual(seen.problems, ['cancelled', 'broker 320'])
    await rabbit.publish('tokenRevocation', '{"jti":"afterwards"}')
    await until(() => seen.names.includes('token afterwards'))
  })

  test('who may do no more than it says in docs/revocation.md', async (context) => {
    const [, permissions = ''] = /set_permissions gateway (.*)$/m.exec(readFileSync(documentation, 'utf8')) ?? []
    await rabbit.control('add_user', 'listener', 'l')
    await rabbit.control('set_permissions', 'listener', ...permissions.split(' ').map((word) => word.replaceAll("'", '')))
    const seen = await follow(context, `amqp://listener:l@127.0.0.1:${rabbit.port}`)
    await until(() => seen.confirmed > 0)
    assert.deepEqual(seen.problems, [])
  })

  test('over TLS, to whom its authority knows', async (context) => {
    const secure = `amqps://localhost:${rabbit.securePort}`
    const seen = await follow(context, secure, { login, authorities: [authority.certificate] })
    const [strange, otherName] = [
      await follow(context, secure, { login }),
      await follow(context, secure.replace('localhost', '127.0.0.1'), { login, authorities: [authority.certificate] }),
    ]
    await until(() => seen.subscriptions.length === 1 && strange.problems.length > 0 && otherName.problems.length > 0)
    assert.deepEqual([strange.problems[0], otherName.problems[0]], ['tls', 'tls'])
    assert.deepEqual([...strange.subscriptions, ...otherName.subscriptions], [])
  })

  test('a wrong login, a virtual host that is none, a port on which nobody answers: each is tried again', async (context) => {
    const wrong = await follow(context, address, { login: { username: ['gateway'], password: ['wrong'] } })
    const nobody = await follow(context, address)
    const elsewhere = await follow(context, `${rabbit.url}/nowhere`)
    const away = await follow(context, 'amqp://127.0.0.1:9')
    const all = [wrong, nobody, elsewhere, away]
    await until(() => all.every(({ problems }) => problems.length > 1))
    assert.deepEqual(
      all.map(({ problems }) => problems[0]),
      ['broker 403', 'broker 403', 'refused', 'connect'],
    )
    assert.deepEqual(
      all.flatMap(({ subscriptions }) => subscriptions),
      [],
    )
  })

  test('a broker that is killed, away for a while, and back', async (context) => {
    const seen = await follow(context, rabbit.url)
    await until(() => seen.subscriptions.length === 1)
    await rabbit.kill()
    await until(() => seen.problems.length > 1)
    await rabbit.begin()
    await until(() => seen.subscriptions.length === 2)
    await rabbit.publish('tokenRevocation', '{"jti":"afterwards"}')
    await until(() => seen.names.includes('token afterwards'))
  })

  test('a broker that is stopped confirms nothing, and is left', async (context) => {
    const seen = await follow(context, rabbit.url)
    await until(() => seen.confirmed > 0)
    rabbit.freeze()
    context.after(() => rabbit.wake())
    // One that was under way may still have been answered.
    await until(() => seen.problems.length > 0)
    const { confirmed } = seen
    assert.equal(seen.problems[0], 'timeout')
    await until(() => seen.problems.length > 1)
    assert.equal(seen.confirmed, confirmed)
    rabbit.wake()
    await until(() => seen.subscriptions.length === 2 && seen.confirmed > confirmed)
    await rabbit.publish('tokenRevocation', '{"jti":"awake"}')
    await until(() => seen.names.includes('token awake'))
  })
})

test('addresses that would tell others what is revoked stop the start', async (context) => {
  await assert.rejects(follow(context, 'amqp://mq.internal'), /amqps/)
  await assert.rejects(follow(context, 'https://mq.internal'), /no amqp or amqps URL/)
  await assert.rejects(follow(context, 'amqp://me:secret@mq.internal'), (error: Error) => !error.message.includes('secret'))
  const login = { username: ['me'], password: ['other'] } as const
  await assert.rejects(follow(context, 'amqp://me:secret@127.0.0.1', { login }), /another one beside it/)
})
