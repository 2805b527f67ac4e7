/** A topic over AMQP 1.0, with a broker that does whatever brokers do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../../wire/until.ts'
import { StagedBroker } from './staged-broker.ts'
import { follow } from './topic-recorder.ts'

test('messages become entries, and are accepted, good or bad', async (context) => {
  const broker = await StagedBroker.start(context)
  const sink = await follow(context, { url: [broker.url] })
  await until(() => sink.subscriptions === 1)
  const [{ source } = { source: undefined }] = broker.attached
  assert.deepEqual([source?.address, source?.capabilities], ['/topic/revoked', 'topic'])
  broker.sendText('{"jti":"a"}')
  broker.sendText('no JSON')
  broker.attached[0]!.send({ body: { revokedToken: 'one.two.three', ttl: '3600', expiryTime: 4_000_000_000_000 } })
  broker.attached[0]!.send({ body: Buffer.from('{"user":"u","before":5}') })
  broker.attached[0]!.send({ body: { toString: 'not this one' } })
  // An array of as many nothings as there can be, in five bytes.
  broker.send(Buffer.from('005377f000000005ffffffff40', 'hex'))
  broker.send(Buffer.concat([Buffer.from('005377', 'hex'), Buffer.alloc(50_000)]))
  broker.send(Buffer.from('005377a102c328', 'hex'))
  broker.send(Buffer.alloc(0))
  broker.sendText('{"jti":"b"}')
  await until(() => sink.names.has('token b') && broker.accepted === 10)
  assert.deepEqual([...sink.names], ['token a', 'token three', 'user u', 'token b'])
  assert.deepEqual([sink.skipped, sink.subscriptions, sink.problems], [6, 1, []])
})

test('a message that is too large is skipped in pieces, and the next one is read', async (context) => {
  const broker = await StagedBroker.start(context)
  const sink = await follow(context, { url: [broker.url] })
  await until(() => sink.subscriptions === 1)
  broker.sendText(`"${'x'.repeat(3_000_000)}"`)
  broker.sendText('{"jti":"after"}')
  await until(() => sink.names.has('token after'))
  assert.deepEqual([sink.skipped, sink.problems], [1, []])
})

test('more messages than the broker may send at once', async (context) => {
  const broker = await StagedBroker.start(context)
  const sink = await follow(context, { url: [broker.url] })
  await until(() => sink.subscriptions === 1)
  for (let index = 0; index < 2000; index++) broker.sendText(`{"jti":"j${index}"}`)
  await until(() => sink.names.size === 2000)
  await sink.confirmedAgain()
  assert.deepEqual(sink.problems, [])
})

test('whatever ends a subscription, another one is begun', async (context) => {
  type End = (broker: StagedBroker) => void
  const close =
    (condition: string): End =>
    ({ connections }) =>
      connections.at(-1)!.close({ condition, info: { 'network-host': 'evil.example' } })
  const say =
    (hex: string): End =>
    ({ connections }) =>
      connections.at(-1)!.socket.write(Buffer.from(hex, 'hex'))
  const endings: readonly (readonly [string, End])[] = [
    ['amqp:resource-deleted', ({ attached }) => attached.at(-1)!.close({ condition: 'amqp:resource-deleted', description: 'gone' })],
    ['closed', ({ attached }) => attached.at(-1)!.close()],
    ['amqp:internal-error', ({ attached }) => attached.at(-1)!.session.close({ condition: 'amqp:internal-error', description: 'oh' })],
    ['amqp:connection:redirect', close('amqp:connection:redirect')],
    ['refused', close('not a condition\n')],
    ['connect', ({ connections }) => connections.at(-1)!.socket.resetAndDestroy()],
    // A frame of no type that there is; one of two gigabytes; one that is shorter than its own head.
    ['protocol', say('0000000c0209000000fffefd')],
    ['too-large', say('7fffffff02000000')],
    ['too-large', say('0000000000000000')],
  ]
  const outcomes = endings.map(async ([why, end]) => {
    const broker = await StagedBroker.start(context)
    const sink = await follow(context, { url: [broker.url] })
    for (const turn of [1, 2]) {
      await until(() => sink.subscriptions === turn)
      broker.sendText(`{"jti":"${turn}"}`)
      await until(() => sink.names.has(`token ${turn}`))
      end(broker)
      await until(() => sink.problems.length === turn)
    }
    assert.deepEqual(sink.problems, [why, why])
    await until(() => sink.subscriptions === 3)
  })
  await Promise.all(outcomes)
})

test('a topic that is refused is none', async (context) => {
  const broker = await StagedBroker.start(context, (container) => {
    container.on('sender_open', ({ sender }) => {
      sender.local.attach.source = undefined
      // Somewhat later, as brokers may be.
      setTimeout(() => sender.close({ condition: 'amqp:not-found', description: 'no such topic' }), 50)
    })
  })
  const sink = await follow(context, { url: [broker.url] })
  await until(() => sink.problems.length > 1)
  assert.deepEqual([sink.problems[0], sink.subscriptions, sink.confirmed], ['amqp:not-found', 0, 0])
})

test('a name that would be a queue', async (context) => {
  const properties = { product: 'ActiveMQ', 'topic-prefix': 'topic://', 'queue-prefix': 'queue://' }
  const broker = await StagedBroker.start(context, () => {}, properties)
  const queue = await follow(context, { url: [broker.url], topic: ['revoked'] })
  const topic = await follow(context, { url: [broker.url], topic: ['topic://revoked'] })
  await until(() => topic.subscriptions === 1 && queue.problems.length > 0)
  assert.deepEqual([queue.problems[0], queue.subscriptions], ['to this broker the address is a queue', 0])
})

test('a login, letter by letter, and never a weaker one', async (context) => {
  const seen: string[] = []
  const broker = await StagedBroker.start(context, (container) => {
    container.sasl_server_mechanisms.enable_plain((user: string, password: string) => {
      seen.push(`${user} ${password}`)
      return password === 'gehéim ☃'
    })
  })
  const wrong = await follow(context, { url: [broker.url], login: { username: ['gäteway'], password: ['wrong'] } })
  const right = await follow(context, { url: [broker.url], login: { username: ['gäteway'], password: ['gehéim ☃'] } })
  await until(() => right.subscriptions === 1 && wrong.problems.length > 0)
  assert.deepEqual([wrong.problems[0], wrong.subscriptions], ['amqp:unauthorized-access', 0])
  assert.ok(seen.includes('gäteway gehéim ☃'), seen.join())

  const nobody = await StagedBroker.start(context)
  const shy = await follow(context, { url: [nobody.url], login: { username: ['me'], password: ['secret'] } })
  await until(() => shy.problems.length > 0)
  assert.deepEqual([shy.problems[0], shy.subscriptions], ['amqp:unauthorized-access', 0])
})

test('addresses that would tell others what is revoked stop the start, and are not repeated', async (context) => {
  await assert.rejects(follow(context, { url: ['amqp://broker.internal:5672'] }), /amqps/)
  for (const url of ['http://127.0.0.1', 'amqps://', 'amqps://me:secret@host?x', 'amqps://host/%zz', 'amqp:127.0.0.1'])
    await assert.rejects(
      follow(context, { url: [url] }),
      (error: Error) => /no amqp or amqps URL/.test(error.message) && !error.message.includes('secret'),
    )
})

test('a login in the address', async (context) => {
  const seen: string[] = []
  const broker = await StagedBroker.start(context, (container) => {
    container.sasl_server_mechanisms.enable_plain((user: string, password: string) => seen.push(`${user} ${password}`))
  })
  const sink = await follow(context, { url: [`amqp://me:p%40ss@127.0.0.1:${broker.port}`] })
  await until(() => sink.subscriptions === 1)
  assert.deepEqual(seen, ['me p@ss'])
  const login = { username: ['you'], password: ['secret'] }
  await assert.rejects(follow(context, { url: ['amqp://me:p@127.0.0.1'], login }), /login in its address and another one/)
})

test('an end while nobody answers', async (context) => {
  const sink = await follow(context, { url: ['amqp://127.0.0.1:9'] })
  await until(() => sink.problems.length > 2)
  assert.deepEqual(new Set(sink.problems), new Set(['connect']))
})
