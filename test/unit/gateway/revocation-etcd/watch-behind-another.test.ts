/** Something before etcd that answers a watch and passes nothing on, while all else goes through. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { revocationEtcdCapability } from '../../../../src/gateway/revocation-etcd/etcd-feed.ts'
import { TestClock } from '../../../wire/test-clock.ts'
import { until } from '../../../wire/until.ts'
import { RecordingSink } from '../feeds/recording-sink.ts'
import { samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

test('a watch through the HTTP gateway that does not begin is given up, and the next endpoint is tried', async (context) => {
  let watches = 0
  const server = createServer((request, response) => {
    request.resume()
    if (request.url === '/v3/watch') {
      watches++
      response.flushHeaders()
    } else response.end(JSON.stringify({ header: { cluster_id: '1', revision: '7', raft_term: '2' } }))
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
  const seen = new RecordingSink()
  const clock = new TestClock()
  const surroundings = { ...sampleSurroundings(samplePlan(), clock), atEnd: (action: () => void) => context.after(action) }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await revocationEtcdCapability(
    { kind: 'etcd', endpoints: [[url]], prefix: '/r', publish: false, login: null, authorities: [] },
    seen,
    surroundings,
  )
  await until(() => watches === 1)
  await clock.advance(7_000)
  await until(() => watches === 2)
  assert.deepEqual(seen.problems, ['timeout'])
  assert.equal(seen.loads, 1, 'the watch goes on where it was')
  assert.equal(seen.confirmed, 1, 'nothing is known but what was read')
})
