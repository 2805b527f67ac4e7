/** gRPC through the gateway, with a real client and a real server. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import grpc from '@grpc/grpc-js'
import { Authority, tlsSettings } from '../wire/authority.ts'
import { Backend } from '../wire/backend.ts'
import { until } from '../wire/until.ts'
import { GrpcServer, type Order, serviceDefinition } from './grpc-server.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const service = serviceDefinition()
const order: Order = { id: 'a', number: 1, data: Buffer.alloc(0) }

type Ended = { readonly status: grpc.StatusObject; readonly initial: grpc.Metadata; readonly orders: readonly Order[] }

export function grpcCalls(start: Start): void {
  describe('gRPC', () => {
    let server: GrpcServer
    let gateway: RunningGateway
    let client: grpc.Client
    let prepared: ProjectFolder
    let securePort = 0
    const servers = new Authority('Servers')
    const identity = servers.issue('localhost', { names: ['localhost'] })
    const one = new Issuer('https://one.example.com', 'one', 'RS256')

    before(async () => {
      prepared = new ProjectFolder({ 'keys/one.jwks.json': one.keySet, 'keys/servers.pem': servers.pem }, 'grpc-project')
      server = await GrpcServer.start(identity)
      const lost = await Backend.start()
      const lostUrl = lost.url
      await lost.stop()
      const urls = { SHOP_URL: server.url, SECURE_URL: server.secureUrl, LOST_URL: lostUrl }
      gateway = await start(prepared, { ...urls, POSTERN_HTTPS_PORT: '0', ...tlsSettings(prepared.folder, identity) })
      securePort = Number((await gateway.log.find(({ event }) => event === 'listening')).https)
      client = connect(gateway.port, grpc.credentials.createInsecure())
    })
    after(async () => {
      client.close()
      await gateway.stop()
      server.stop()
      prepared?.remove()
    })

    function connect(port: number, credentials: grpc.ChannelCredentials, options: grpc.ChannelOptions = {}): grpc.Client {
      return new grpc.Client(`127.0.0.1:${port}`, credentials, {
        'grpc.max_receive_message_length': 64 * 1024 * 1024,
        // Each client has a connection of its own.
        'grpc.use_local_subchannel_pool': 1,
        ...options,
      })
    }

    /** A call by its method's name, or by a path that no service has. */
    function call(
      name: string,
      orders: readonly Order[] = [order],
      metadata = new grpc.Metadata(),
      options: grpc.CallOptions = {},
      through = client,
    ): Promise<Ended> {
      const { path, requestSerialize, responseDeserialize } = service[name] ?? { ...service.Get!, path: name }
      const stream = through.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, options)
      for (const each of orders) stream.write(each)
      stream.end()
      return ended(stream)
    }

    const withToken = (claims: Record<string, unknown>): grpc.Metadata => {
      const metadata = new grpc.Metadata()
      metadata.set('authorization', `Bearer ${one.token(claims)}`)
      return metadata
    }

    test('a unary call, with metadata both ways', async () => {
      const metadata = new grpc.Metadata()
      metadata.set('client-said', 'hello')
      metadata.set('client-said-bin', Buffer.from([0, 255, 2]))
      const { status, initial, orders } = await call('Get', [{ ...order, id: 'x' }], metadata)
      assert.deepEqual([status.code, orders.map(({ id }) => id)], [grpc.status.OK, ['x']])
      assert.deepEqual(server.metadata.get('client-said'), ['hello'])
      assert.deepEqual(server.metadata.get('client-said-bin'), [Buffer.from([0, 255, 2])])
      assert.deepEqual(initial.get('server-said'), ['hello'])
      assert.deepEqual(initial.get('server-said-bin'), [Buffer.from([0, 255, 1])])
      assert.deepEqual(status.metadata.get('server-ended'), ['well'])
    })

    test('streams of the client, of the server, and of both', async () => {
      const added = await call('Add', [order, { ...order, number: 2 }, { ...order, number: 3 }])
      assert.deepEqual(
        added.orders.map(({ number }) => number),
        [6],
      )
      const watched = await call('Watch', [{ ...order, number: 100 }])
      assert.deepEqual(
        watched.orders.map(({ number }) => number),
        [...Array(100).keys()],
      )
      assert.equal(watched.status.code, grpc.status.OK)
    })

    test('a dialogue, each message after the answer to the one before', async () => {
      const { path, requestSerialize, responseDeserialize } = service.Chat!
      const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new grpc.Metadata())
      const numbers: number[] = []
      const done = ended(stream)
      stream.on('data', ({ number }: Order) => {
        numbers.push(number)
        if (numbers.length < 5) stream.write({ ...order, number: number + 1 })
        else stream.end()
      })
      stream.write({ ...order, number: 1 })
      assert.equal((await done).status.code, grpc.status.OK)
      assert.deepEqual(numbers, [2, 4, 6, 8, 10])
    })

    test('an error of the server passes with its message, its details and its trailers', async () => {
      const { status } = await call('Fail')
      assert.deepEqual([status.code, status.details], [grpc.status.FAILED_PRECONDITION, 'not so fast: 100 %, ü'])
      assert.deepEqual(status.metadata.get('reason'), ['test'])
      assert.deepEqual(status.metadata.get('grpc-status-details-bin'), [Buffer.from('details')])
    })

    test('a deadline of the client reaches the server, and ends the call', async () => {
      const { status } = await call('Wait', [order], new grpc.Metadata(), { deadline: Date.now() + 500 })
      assert.equal(status.code, grpc.status.DEADLINE_EXCEEDED)
      await call('Get', [order], new grpc.Metadata(), { deadline: Date.now() + 60_000 })
      assert.ok(server.timeLeft > 0 && server.timeLeft <= 60_000, String(server.timeLeft))
    })

    test('a call that the client cancels is cancelled at the server', async () => {
      const { path, requestSerialize, responseDeserialize } = service.Wait!
      const calls = server.calls
      const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new grpc.Metadata())
      const done = ended(stream)
      stream.write(order)
      stream.end()
      await until(() => server.calls > calls)
      stream.cancel()
      assert.equal((await done).status.code, grpc.status.CANCELLED)
      await server.cancelled
    })

    test('a backend that takes longer than the method may: DEADLINE_EXCEEDED', async () => {
      assert.equal((await call('Slow')).status.code, grpc.status.DEADLINE_EXCEEDED)
    })

    test('refusals have the status that a gRPC client knows, and never reach the server', async () => {
      const calls = server.calls
      const bad = new grpc.Metadata()
      bad.set('authorization', 'Bearer a.b.c')
      assert.equal((await call('Private')).status.code, grpc.status.UNAUTHENTICATED)
      assert.equal((await call('Private', [order], bad)).status.code, grpc.status.UNAUTHENTICATED)
      assert.equal((await call('Manage', [order], withToken({ scope: 'read' }))).status.code, grpc.status.PERMISSION_DENIED)
      assert.equal((await call('/shop.v1.Orders/Nothing')).status.code, grpc.status.UNIMPLEMENTED)
      assert.equal((await call('/grpc.health.v1.Health/Check')).status.code, grpc.status.UNIMPLEMENTED)
      assert.equal((await call('/shop.v1.orders/get')).status.code, grpc.status.UNIMPLEMENTED)
      assert.equal((await call('Lost')).status.code, grpc.status.UNAVAILABLE)
      assert.equal(server.calls, calls)
    })

    test('what a call ended with is in the log and in the metrics', async () => {
      await call('Fail')
      await call('Private')
      const failed = await gateway.log.find(({ operation }) => operation === 'shop.v1.Orders/Fail')
      assert.deepEqual([failed.status, failed.grpcStatus, failed.refusal], [200, '9', undefined])
      const refused = await gateway.log.find(({ operation }) => operation === 'shop.v1.Orders/Private')
      assert.deepEqual([refused.status, refused.grpcStatus, refused.refusal], [200, '16', 'credential-missing'])
      const text = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
      assert.match(text, /^postern_grpc_requests_total\{api="[^"]+",operation="shop\.v1\.Orders\/Fail",grpc_status="9"\} [1-9]/m)
      assert.match(text, /^postern_grpc_requests_total\{api="[^"]+",operation="shop\.v1\.Orders\/Private",grpc_status="16"\} [1-9]/m)
    })

    test('a token lets a call through, and does not go on to the server', async () => {
      const { status } = await call('Manage', [order], withToken({ scope: 'read manage' }))
      assert.equal(status.code, grpc.status.OK)
      assert.deepEqual(server.metadata.get('authorization'), [])
    })

    test('a limit: RESOURCE_EXHAUSTED', async () => {
      const codes = [await call('Limited'), await call('Limited'), await call('Limited')].map(({ status }) => status.code)
      assert.deepEqual(codes, [grpc.status.OK, grpc.status.OK, grpc.status.RESOURCE_EXHAUSTED])
    })

    test('large messages both ways', async () => {
      const data = Buffer.alloc(5 * 1024 * 1024, 'x')
      const { status, orders } = await call('Get', [{ ...order, data }])
      assert.deepEqual([status.code, orders[0]?.data.equals(data)], [grpc.status.OK, true])
    })

    test('a stream is as long as it likes, and no longer than its method says', async () => {
      const data = Buffer.alloc(1024 * 1024, 'x')
      const { orders } = await call('Add', Array(12).fill({ ...order, data }))
      assert.deepEqual(
        orders.map(({ id }) => id),
        [String(12 * 1024 * 1024)],
      )
      assert.equal((await call('Small', [{ ...order, data }])).status.code, grpc.status.RESOURCE_EXHAUSTED)
    })

    test('compressed messages pass as they are', async () => {
      const compressing = connect(gateway.port, grpc.credentials.createInsecure(), { 'grpc.default_compression_algorithm': 2 })
      const { status, orders } = await call('Get', [{ ...order, data: Buffer.alloc(10_000, 'x') }], new grpc.Metadata(), {}, compressing)
      compressing.close()
      assert.deepEqual([status.code, orders[0]?.data.length], [grpc.status.OK, 10_000])
      const large = await gateway.log.find(
        ({ operation, bytesOut }) => operation === 'shop.v1.Orders/Get' && Math.trunc(Number(bytesOut) / 1000) === 10,
      )
      assert.ok(Number(large.bytesIn) < 1000, JSON.stringify(large))
    })

    test('over TLS, where ALPN agrees on HTTP/2', async () => {
      const credentials = grpc.credentials.createSsl(Buffer.from(servers.pem))
      const secure = connect(securePort, credentials, { 'grpc.ssl_target_name_override': 'localhost' })
      const through = (name: string, orders: readonly Order[]): Promise<Ended> => call(name, orders, new grpc.Metadata(), {}, secure)
      const data = Buffer.alloc(1024 * 1024, 'x')
      const all = await Promise.all([
        through('Get', [{ ...order, data }]),
        through('Watch', [{ ...order, number: 3 }]),
        through('Private', []),
      ])
      secure.close()
      assert.deepEqual(
        all.map(({ status, orders }) => [status.code, orders.length]),
        [
          [grpc.status.OK, 1],
          [grpc.status.OK, 3],
          [grpc.status.UNAUTHENTICATED, 0],
        ],
      )
    })

    test('a server behind TLS', async () => {
      const { status, orders } = await call('Secure', [{ ...order, number: 7 }])
      assert.deepEqual([status.code, orders[0]?.number], [grpc.status.OK, 7])
    })

    test('many calls at once on one connection', async () => {
      const all = await Promise.all(Array.from({ length: 80 }, (_, number) => call('Get', [{ ...order, number }])))
      assert.deepEqual(
        all.map(({ orders }) => orders[0]?.number),
        [...Array(80).keys()],
      )
    })

    test('a method that OpenAPI describes', async () => {
      assert.equal((await call('/shop.v1.Described/Get')).status.code, grpc.status.OK)
    })

    test('a server that goes away amid its answer: the client sees that it is no whole one', async () => {
      const { status, orders } = await call('Break')
      assert.equal(orders.length, 1)
      assert.notEqual(status.code, grpc.status.OK)
      assert.equal((await call('Get')).status.code, grpc.status.UNAVAILABLE)
    })
  })
}

/** Everything that came, when the call has ended. */
function ended(stream: grpc.ClientDuplexStream<Order, Order>): Promise<Ended> {
  return new Promise((resolve) => {
    let initial = new grpc.Metadata()
    const orders: Order[] = []
    stream.on('metadata', (metadata) => {
      initial = metadata
    })
    stream.on('data', (each: Order) => orders.push(each))
    // The status says it as well.
    stream.on('error', () => {})
    stream.on('status', (status) => resolve({ status, initial, orders }))
  })
}
