import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { RevokedPlan } from '../../../../src/contract/plan/revocation.ts'
import type { RevocationPublisher } from '../../../../src/gateway/capabilities/publishing.ts'
import { PublishingFailure } from '../../../../src/gateway/feeds/publishing-failure.ts'
import { PublishQueue } from '../../../../src/gateway/publishing/publish-queue.ts'
import { until } from '../../../wire/until.ts'

function entry(name: string): RevokedPlan {
  return { kind: 'token', name, issuer: 'https://a', before: null, expires: 5 }
}

/** Acknowledges what it is given, unless it is told to fail or to wait. */
class Source implements RevocationPublisher {
  readonly names: string[] = []
  failing: number = 0
  waiting: Promise<void> | null = null
  closed: boolean = false

  async publish({ name }: RevokedPlan): Promise<void> {
    await this.waiting
    if (this.failing-- > 0) throw new PublishingFailure('refused')
    this.names.push(name)
  }
  close(): void {
    this.closed = true
  }
}

function queueOf(context: TestContext): { readonly source: Source; readonly queue: PublishQueue; readonly told: string[] } {
  const source = new Source()
  const told: string[] = []
  const queue = new PublishQueue(source, 2, (event, problem) => told.push(`${event} ${problem}`))
  context.after(() => queue.end())
  return { source, queue, told }
}

test('in their order, each once', async (context) => {
  const { source, queue, told } = queueOf(context)
  for (const name of ['a', 'b', 'a', 'c']) queue.add(entry(name))
  await until(() => queue.acknowledged === 3)
  queue.add(entry('b'))
  queue.add(entry('d'))
  await until(() => queue.waiting === 0)
  assert.deepEqual([source.names, told], [['a', 'b', 'c', 'd'], []])
})

test('what fails is tried again until it is acknowledged, and told once', async (context) => {
  const { source, queue, told } = queueOf(context)
  source.failing = 2
  queue.add(entry('a'))
  queue.add(entry('b'))
  await until(() => queue.waiting === 0)
  assert.deepEqual([source.names, queue.failures, queue.acknowledged], [['a', 'b'], 2, 2])
  assert.deepEqual(told, ['revocation-not-published feed 2: refused'])
})

test('no more than ten thousand wait', (context) => {
  const { source, queue, told } = queueOf(context)
  source.waiting = new Promise(() => {})
  for (let index = 0; index < 10_005; index++) queue.add(entry(String(index)))
  assert.deepEqual([queue.waiting, queue.dropped], [10_000, 5])
  assert.deepEqual(told, ['revocation-not-published feed 2: too many: some are not published'])
})

test('digests, which a stranger may have made up, leave half of the room to others', (context) => {
  const { source, queue } = queueOf(context)
  source.waiting = new Promise(() => {})
  for (let index = 0; index < 5_001; index++) queue.add({ ...entry(String(index)), kind: 'digest', issuer: null })
  assert.deepEqual([queue.waiting, queue.dropped], [5_000, 1])
  queue.add(entry('a'))
  assert.deepEqual([queue.waiting, queue.dropped], [5_001, 1])
})

test('what is not published when the gateway ends is told', (context) => {
  const { source, queue, told } = queueOf(context)
  source.waiting = new Promise(() => {})
  queue.add(entry('a'))
  queue.end()
  assert.ok(source.closed)
  assert.deepEqual(told, ['revocation-not-published feed 2: 1 when the gateway ended'])
})
