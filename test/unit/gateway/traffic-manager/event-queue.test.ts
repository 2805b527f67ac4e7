import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventQueue, type RequestEvent } from '../../../../src/gateway/traffic-manager/event-queue.ts'
import { until } from '../../../wire/until.ts'

const event = (messageID: string): RequestEvent => ({ messageID }) as RequestEvent

type Answer = () => Promise<void>

function rig(answer: Answer): { queue: EventQueue; bodies: string[]; said: (string | null)[] } {
  const bodies: string[] = []
  const said: (string | null)[] = []
  const send = (body: string): Promise<void> => {
    bodies.push(body)
    return answer()
  }
  return { queue: new EventQueue({ send, problemOf: String, changed: (problem) => said.push(problem) }), bodies, said }
}

test('one event is an object, several are a list, in their order', async () => {
  const { queue, bodies } = rig(async () => {})
  queue.add(event('a'))
  await until(() => queue.sent === 1)
  for (let index = 0; index < 201; index++) queue.add(event(String(index)))
  await until(() => queue.sent === 202)
  assert.deepEqual(JSON.parse(bodies[0]!), { event: { metaData: {}, correlationData: {}, payloadData: { messageID: 'a' } } })
  const names = bodies.slice(1).flatMap((body) => [JSON.parse(body)].flat().map((each) => each.event.payloadData.messageID))
  assert.deepEqual(
    names,
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
