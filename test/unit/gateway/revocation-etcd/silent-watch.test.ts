/** A watch whose connection hangs in the network: nothing comes of it, and nothing breaks. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { Clock } from '../../../../src/gateway/clock.ts'
import { revocationEtcdCapability } from '../../../../src/gateway/revocation-etcd/etcd-feed.ts'
import { Etcd, etcdIsMissing } from '../../../wire/etcd.ts'
import { until } from '../../../wire/until.ts'
import { RecordingSink } from '../feeds/recording-sink.ts'
import { samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

class TimedSink extends RecordingSink {
  knownAt: number = Number.NEGATIVE_INFINITY

  override confirm(time = this.knownAt): void {
    super.confirm()
    this.knownAt = time
  }
}

/** Passes bytes on, until it is told to let those of watches vanish. */
class Relay {
  readonly #server = createServer((client) => this.#join(client))
  readonly #to: number
  speaksGrpc: boolean
  /** Which way watches were asked for. */
  readonly asked: string[] = []
  readonly #watches: Set<Socket> = new Set()
  readonly #all: Set<Socket> = new Set()

  constructor(to: number, speaksGrpc: boolean) {
    this.#to = to
    this.speaksGrpc = speaksGrpc
  }

  async start(context: TestContext): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    context.after(async () => {
      this.#server.close()
      for (const socket of this.#all) socket.destroy()
      await once(this.#server, 'close')
    })
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Whether there is a watch: between one and the next there is none. */
  get watching(): boolean {
    return this.#watches.size > 0
  }

  /** Of the watches that there are now. */
  hang(): void {
    for (const socket of this.#watches) {
      socket.removeAllListeners('data')
      socket.on('data', () => {})
    }
  }

  cut(): void {
    for (const socket of this.#all) socket.destroy()
  }

  #join(client: Socket): void {
    const server = connect(this.#to, '127.0.0.1')
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#all.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        this.#all.delete(one)
        this.#watches.delete(server)
        other.destroy()
      })
      one.on('data', (bytes) => other.write(bytes))
    }
    client.on('data', (bytes: Buffer) => {
      const text = bytes.toString('latin1')
      const isGrpc = text.startsWith('PRI * HTTP/2')
      if (isGrpc && !this.speaksGrpc) client.destroy()
      else if (isGrpc || text.startsWith('POST /v3/watch')) {
        this.#watches.add(server)
        this.asked.push(isGrpc ? 'gRPC' : 'the HTTP gateway')
      }
    })
  }
}

async function follow(context: TestContext, speaksGrpc: boolean): Promise<{ etcd: Etcd; relay: Relay; seen: TimedSink; clock: Clock }> {
  const etcd = await Etcd.start()
  context.after(() => etcd.end())
  await etcd.put('/r/jti/a', '')
  const relay = new Relay(etcd.port, speaksGrpc)
  const url = await relay.start(context)
  const seen = new TimedSink()
  const surroundings = { ...sampleSurroundings(samplePlan()), atEnd: (action: () => void) => context.after(action) }
  await revocationEtcdCapability(
    { kind: 'etcd', endpoints: [[url]], prefix: '/r', publish: false, login: null, authorities: [] },
    seen,
    surroundings,
  )
  return { etcd, relay, seen, clock: surroundings.clock }
}

for (const [by, speaksGrpc] of [
  ['gRPC', true],
  ['the HTTP gateway', false],
] as const)
  test(`a watch over ${by} that hangs is found, and nothing counts as known meanwhile`, { skip: etcdIsMissing }, async (context) => {
    const { etcd, relay, seen, clock } = await follow(context, speaksGrpc)
    // Of the watch, and not of what was read before.
    await until(() => seen.confirmed >= 2 && relay.watching)
    relay.hang()
    await etcd.put('/r/jti/b', '')
    const written = clock.monotonic()
    await until(() => seen.knownAt > written)
    assert.ok(seen.names.has('token b'))
    assert.equal(seen.loads, 1, 'the watch goes on where it was')
  })

test('an endpoint that speaks gRPC later is watched over it from the next connection on', { skip: etcdIsMissing }, async (context) => {
  const { etcd, relay, seen } = await follow(context, false)
  await until(() => seen.confirmed >= 2 && relay.watching)
  relay.speaksGrpc = true
  relay.cut()
  await until(() => relay.asked.includes('gRPC'))
  await etcd.put('/r/jti/b', '')
  await until(() => seen.names.has('token b'))
  assert.equal(seen.loads, 1, 'nothing is read again')
})

test('a watch through the HTTP gateway is asked how far it has come, and needs no other one', { skip: etcdIsMissing }, async (context) => {
  const { etcd, relay, seen } = await follow(context, false)
  await until(() => seen.confirmed >= 2)
  // What is none of its keys moves etcd on as well.
  await etcd.put('/elsewhere', '')
  await seen.confirmedAgain()
  // One that is slow is begun anew, too.
  assert.ok(relay.asked.length < seen.confirmed - 1, `${relay.asked} for ${seen.confirmed}`)
})
