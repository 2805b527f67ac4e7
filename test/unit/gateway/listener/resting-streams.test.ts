/** Bodies that rest are cut, streams of events are not, and an operation may say otherwise. Time is the test's. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { afterEach, test } from 'node:test'
import type { OperationPlan } from '../../../../src/contract/plan/operation.ts'
import { Backend, type BackendRequest } from '../../../wire/backend.ts'
import { type Answer, Client } from '../../../wire/client.ts'
import { LocalGateway } from '../../../wire/gateway.ts'
import { planOf, timeouts } from '../../../wire/plan.ts'
import { requestText } from '../../../wire/request-text.ts'
import { TestClock } from '../../../wire/test-clock.ts'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

type Begun = { readonly clock: TestClock; readonly client: Client; readonly request: BackendRequest; readonly answer: Promise<Answer> }

/** An answer of this type has begun, and rests. */
async function begun(type: string, changes: Partial<OperationPlan> = {}): Promise<Begun> {
  const clock = new TestClock()
  const backend = await Backend.start()
  cleanUps.push(() => backend.stop())
  const plan = planOf([backend.url], { operations: [{ method: 'GET', template: '/pets', ...changes }] })
  const gateway = await LocalGateway.start(plan, { clock })
  cleanUps.push(() => gateway.stop())
  const client = await Client.connect(gateway.port)
  cleanUps.push(() => client.destroy())
  const next = backend.once((asked) =>
    asked.write(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n`),
  )
  const came = once(client.socket, 'data')
  const answer = client.request(requestText('GET', '/pets'))
  answer.catch(() => {})
  const request = await next
  await came
  return { clock, client, request, answer }
}

const longer = timeouts.bodyIdle * 100

for (const type of ['text/event-stream', 'Text/Event-Stream;charset=utf-8', 'application/grpc', 'application/grpc+proto']) {
  test(`a stream of ${type} may rest for ever`, async () => {
    const { clock, request, answer } = await begun(type)
    await clock.advance(longer)
    request.write('2\r\ncd\r\n0\r\n\r\n')
    assert.equal((await answer).message.text, 'abcd')
  })
}

for (const type of ['application/json', 'text/event-streams', 'application/grpc-web', 'text/plain; x=text/event-stream']) {
  test(`a body of ${type} may not`, async () => {
    const { clock, client, answer } = await begun(type)
    await clock.advance(timeouts.bodyIdle + 1)
    await assert.rejects(answer)
    assert.equal(await client.closed, 'cut')
  })
}

test('an operation may let bodies rest for ever', async () => {
  const { clock, request, answer } = await begun('application/json', { bodyIdle: 0 })
  await clock.advance(longer)
  request.write('0\r\n\r\n')
  assert.equal((await answer).message.text, 'ab')
})

test('an operation may bound how long its streams rest', async () => {
  const { clock, client, answer } = await begun('text/event-stream', { bodyIdle: 90_000, streamIdle: 90_000 })
  await clock.advance(89_000)
  assert.equal(client.socket.destroyed, false)
  await clock.advance(2_000)
  await assert.rejects(answer)
})

test('a request’s body may rest as long as its operation says', async () => {
  const clock = new TestClock()
  const backend = await Backend.start()
  cleanUps.push(() => backend.stop())
  const operations = [{ method: 'POST', template: '/pets', bodyIdle: 0, answerTimeout: 2 * longer }] as const
  const gateway = await LocalGateway.start(planOf([backend.url], { operations }), { clock })
  cleanUps.push(() => gateway.stop())
  const client = await Client.connect(gateway.port)
  cleanUps.push(() => client.destroy())
  const next = backend.next()
  const answer = client.answer('POST')
  client.send(requestText('POST', '/pets', ['Content-Length: 4']))
  client.send('ab')
  await next
  await clock.advance(longer)
  client.send('cd')
  assert.equal(JSON.parse((await answer).message.text).body, 'abcd')
})
