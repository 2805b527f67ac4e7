/** Whoever learns that a token is revoked finds the tunnels that were opened with it, and closes them. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { VerifiedToken } from '../../../../src/gateway/auth/verified-token.ts'
import { systemClock } from '../../../../src/gateway/clock.ts'
import { CoarseClock } from '../../../../src/gateway/coarse-clock.ts'
import { SocketTunnel } from '../../../../src/gateway/upgrade/socket-tunnel.ts'
import { TunnelCounts } from '../../../../src/gateway/upgrade/tunnel-counts.ts'
import { closeReason, readFrames } from '../../../wire/frames.ts'
import { RawConnection } from '../../../wire/raw-connection.ts'

/** Two ends of one connection. */
async function pair(t: TestContext): Promise<readonly [Socket, RawConnection]> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const accepted = once(server, 'connection')
  const far = await RawConnection.connect((server.address() as AddressInfo).port)
  const [near] = (await accepted) as [Socket]
  near.on('error', () => {})
  t.after(() => far.destroy())
  t.after(() => near.destroy())
  return [near, far]
}

test('a tunnel tells whose token it was opened with, and is closed by a call', async (t) => {
  const [client, farClient] = await pair(t)
  const [backend, farBackend] = await pair(t)
  const token = new VerifiedToken(0, Number.POSITIVE_INFINITY, new Uint32Array(1), 'production', null)
  const counts = new TunnelCounts()
  const tunnel = new SocketTunnel({
    client,
    backend,
    plan: { protocol: 'websocket', idle: 0, life: 0, tokenProtocol: null, maxFrame: 1024, limit: null, perConsumer: 100 },
    token,
    credentialEnd: () => null,
    meter: null,
    extensions: false,
    patience: 30_000,
    clock: systemClock,
    time: new CoarseClock(systemClock.monotonic()),
    counts,
    closed: () => {},
  })
  assert.equal(tunnel.token, token)
  assert.equal(counts.open, 1)
  tunnel.close(1008, 'token-expired')
  for (const far of [farClient, farBackend]) {
    const bytes = await far.until((all) => readFrames(all).length === 1)
    assert.deepEqual(closeReason(readFrames(bytes)[0]!), [1008, 'token expired'])
  }
  tunnel.clientClosed()
  assert.deepEqual([counts.open, [...counts.closed]], [0, [['token-expired', 1]]])
})
