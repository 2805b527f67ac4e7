import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventQueue, type RequestEvent } from '../../../../src/gateway/traffic-manager/event-queue.ts'
import { until } from '../../../wire/until.ts'

const event = (messageID: string): RequestEvent => ({ messageID }) as RequestEvent

type Answer = (body: string) => Promise<void>

type Rig = { queue: EventQueue; bodies: string[]; said: (string | null)[]; refused: string[] }

function rig(answer: Answer): Rig {
  const bodies: string[] = []
  const said: (string | null)[] = []
  const refused: string[] = []
  const send = (body: string): Promise<void> => {
    bodies.push(body)
    return answer(body)
  }
  const parts = {
    send,
    problemOf: String,
    isRefusal: (error: unknown) => error === 'refused',
    changed: (problem: string | null) => said.push(problem),
    refused: (problem: string) => refused.push(problem),
  }
  return { queue: new EventQueue(parts), bodies, said, refused }
}

const idsIn = (body: string): string[] => [JSON.parse(body)].flat().map((each) => each.event.payloadData.messageID)

test('one event is an object, several are a list, in their order', async () => {
  const { queue, bodies } = rig(async () => {})
  queue.add(event('a'))
  await until(() => queue.sent === 1)
  for (let index = 0; index < 201; index++) queue.add(event(String(index)))
  await until(() => queue.sent === 202)
  assert.deepEqual(JSON.parse(bodies[0]!), { event: { metaData: {}, correlationData: {}, payloadData: { messageID: 'a' } } })
  assert.deepEqual(
    bodies.slice(1).flatMap(idsIn),
    Array.from({ length: 201 }, (_, index) => String(index)),
  )
  assert.equal(JSON.parse(bodies[1]!).length, 200)
  queue.end()
})

test('what is not taken is sent again, and said where that goes on', async () => {
  const answers: (string | null)[] = ['no', 'no', null]
  const { queue, bodies, said } = rig(async () => {
    const problem = answers.shift() ?? null
    if (problem !== null) throw problem
  })
  queue.add(event('a'))
  await until(() => queue.failing)
  await until(() => queue.sent === 1)
  assert.deepEqual([queue.failing, queue.waiting, queue.dropped], [false, 0, 0])
  assert.equal(new Set(bodies).size, 1)
  assert.deepEqual(said, ['no', null])
  queue.end()
})

test('of a batch that is refused for what is in it, the one event is found, dropped and told; the others are taken', async () => {
  const taken: string[] = []
  const { queue, said, refused } = rig(async (body) => {
    if (idsIn(body).includes('bad')) throw 'refused'
    taken.push(...idsIn(body))
  })
  for (let index = 0; index < 200; index++) queue.add(event(index === 77 ? 'bad' : String(index)))
  await until(() => queue.waiting === 0)
  assert.deepEqual([queue.sent, queue.dropped, queue.failing, said, refused], [199, 1, false, [], ['refused']])
  assert.deepEqual(taken, Array.from({ length: 200 }, (_, index) => String(index)).toSpliced(77, 1))
  queue.end()
})

test('where event after event is refused it cannot be told, while any waits, until one is taken', async () => {
  let answer: string | null = 'refused'
  const { queue, said, refused } = rig(async () => {
    if (answer !== null) throw answer
  })
  for (const id of ['a', 'b', 'c', 'd', 'e']) queue.add(event(id))
  await until(() => queue.failing)
  assert.deepEqual(said, ['refused'])
  await until(() => queue.waiting === 0)
  assert.deepEqual([queue.sent, queue.dropped, queue.failing], [0, 5, false])
  assert.equal(refused.length, 5)
  queue.add(event('f'))
  assert.equal(queue.failing, true, 'at once')
  answer = null
  await until(() => queue.sent === 1)
  queue.add(event('g'))
  assert.equal(queue.failing, false)
  await until(() => queue.sent === 2)
  assert.deepEqual(said, ['refused', null])
  queue.end()
})

test('so many wait, and then it cannot be told, until half of them are; those beyond are dropped and counted', async () => {
  const taken: (() => void)[] = []
  const { queue, said } = rig(() => new Promise((resolve) => taken.push(resolve)))
  for (let index = 0; index < 9_999; index++) queue.add(event('x'))
  assert.equal(queue.failing, false)
  for (let index = 0; index < 51; index++) queue.add(event('x'))
  assert.deepEqual([queue.waiting, queue.dropped, queue.sent], [10_000, 50, 0])
  for (let sent = 0; sent < 25; sent++) {
    assert.deepEqual([queue.failing, said], [true, ['too many wait']], String(sent))
    taken[sent]!()
    await until(() => taken.length === sent + 2)
  }
  assert.deepEqual([queue.waiting, queue.failing, said], [5_000, false, ['too many wait', null]])
  queue.end()
})
