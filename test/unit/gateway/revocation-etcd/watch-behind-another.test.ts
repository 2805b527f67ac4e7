/** Something stands before etcd that speaks no gRPC, and treats watches in its own way, while all else goes through. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { revocationEtcdCapability } from '../../../../src/gateway/revocation-etcd/etcd-feed.ts'
import { TestClock } from '../../../wire/test-clock.ts'
import { until } from '../../../wire/until.ts'
import { RecordingSink } from '../feeds/recording-sink.ts'
import { samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

const created = '{"result":{"header":{"revision":"7"},"created":true}}\n'

class Before {
  /** Of the etcd behind. */
  revision: number = 7
  watches: number = 0
  questions: number = 0
  readonly seen: RecordingSink = new RecordingSink()
  readonly clock: TestClock = new TestClock()

  /** `answer`: to a watch. */
  async follow(context: TestContext, answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<void> {
    const server = createServer((request, response) => {
      request.resume()
      if (request.url === '/v3/watch') {
        this.watches++
        return answer(request, response)
      }
      this.questions++
      response.end(JSON.stringify({ header: { cluster_id: '1', revision: String(this.revision), raft_term: '2' } }))
    })
    // It speaks no HTTP/2.
    server.on('clientError', (_error, socket) => socket.destroy())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    context.after(async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    })
    const surroundings = { ...sampleSurroundings(samplePlan(), this.clock), atEnd: (action: () => void) => context.after(action) }
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await revocationEtcdCapability(
      { kind: 'etcd', endpoints: [[url]], prefix: '/r', publish: false, login: null, authorities: [] },
      this.seen,
      surroundings,
    )
    await until(() => this.watches === 1)
  }
}

test('a watch that does not begin is given up, and the next endpoint is tried', async (context) => {
  const before = new Before()
  await before.follow(context, (_request, response) => response.flushHeaders())
  await before.clock.advance(7_000)
  await until(() => before.watches >= 2)
  assert.deepEqual(before.seen.problems, ['timeout'])
  assert.equal(before.seen.loads, 1, 'the watch goes on where it was')
  assert.equal(before.seen.confirmed, 1, 'nothing is known but what was read')
})

test('a watch that begins and shows nothing counts for nothing', async (context) => {
  const before = new Before()
  await before.follow(context, (_request, response) => response.write(created))
  const asked = before.questions
  await until(() => before.questions >= asked + 2)
  assert.deepEqual([before.seen.confirmed, before.watches], [1, 1])
})

test('behind what waits for a request’s end, all is known while etcd is where it was, and else after it was read again', async (context) => {
  const before = new Before()
  await before.follow(context, (request, response) => request.on('end', () => response.write(created)))
  const { seen, clock } = before
  await clock.advance(7_000)
  await until(() => before.watches >= 2)
  await until(() => seen.confirmed >= 2)
  before.revision = 8
  const begun = before.watches
  await until(() => before.watches >= begun + 2)
  const { confirmed } = seen
  await clock.advance(30_000)
  await until(() => before.watches >= begun + 3)
  assert.deepEqual([seen.confirmed, seen.loads], [confirmed, 1])
  await clock.advance(61_000)
  await until(() => seen.loads === 2)
  assert.ok(seen.confirmed > confirmed)
})
