/** A gRPC server with the services of the fixture, and what its calls saw. */
import { join } from 'node:path'
import grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { Issued } from '../wire/authority.ts'

export type Order = { readonly id: string; readonly number: number; readonly data: Buffer }

const folder = join(import.meta.dirname, 'grpc-project')

/** The services of the fixture's .proto file, as client and server need them. */
export function serviceDefinition(): grpc.ServiceDefinition {
  const definition = loadSync('shop.proto', { includeDirs: [folder] })['shop.v1.Orders']
  if (definition === undefined || 'format' in definition) throw new Error('the fixture has no service')
  return definition
}

type Unary = grpc.ServerUnaryCall<Order, Order>
type Answer = grpc.sendUnaryData<Order>

export class GrpcServer {
  readonly url: string
  readonly secureUrl: string
  /** Metadata of the last call. */
  metadata: grpc.Metadata = new grpc.Metadata()
  /** Milliseconds that the last call had left when it came; infinite without a deadline. */
  timeLeft: number = Number.NaN
  calls = 0
  readonly #server: grpc.Server
  #cancelled: () => void = () => {}

  /** Ends when a call is cancelled. */
  readonly cancelled: Promise<void> = new Promise((resolve) => {
    this.#cancelled = resolve
  })

  private constructor(server: grpc.Server, port: number, securePort: number) {
    this.#server = server
    this.url = `http://127.0.0.1:${port}`
    this.secureUrl = `https://127.0.0.1:${securePort}`
  }

  /** `identity`: for the port that speaks TLS. */
  static async start({ cert, key }: Issued): Promise<GrpcServer> {
    const server = new grpc.Server({ 'grpc.max_receive_message_length': 64 * 1024 * 1024 })
    const bind = (credentials: grpc.ServerCredentials): Promise<number> =>
      new Promise((resolve, reject) => {
        server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port)))
      })
    const port = await bind(grpc.ServerCredentials.createInsecure())
    const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }
    const started = new GrpcServer(server, port, await bind(grpc.ServerCredentials.createSsl(null, [pair])))
    const service = serviceDefinition()
    const described = { Get: { ...service.Get!, path: '/shop.v1.Described/Get' } }
    server.addService(service, started.#handlers())
    server.addService(described, { Get: started.#echo })
    return started
  }

  stop(): void {
    this.#server.forceShutdown()
  }

  #note({ metadata }: { readonly metadata: grpc.Metadata }, deadline: grpc.Deadline): void {
    this.calls++
    this.metadata = metadata
    this.timeLeft = Number(deadline) - Date.now()
  }

  readonly #echo = (call: Unary, answer: Answer): void => {
    this.#note(call, call.getDeadline())
    const initial = new grpc.Metadata()
    initial.set('server-said', 'hello')
    initial.set('server-said-bin', Buffer.from([0, 255, 1]))
    call.sendMetadata(initial)
    const trailing = new grpc.Metadata()
    trailing.set('server-ended', 'well')
    answer(null, call.request, trailing)
  }

  #handlers(): grpc.UntypedServiceImplementation {
    const collect = (call: grpc.ServerReadableStream<Order, Order>, answer: Answer): void => {
      this.#note(call, call.getDeadline())
      let number = 0
      let bytes = 0
      call.on('data', (order: Order) => {
        number += order.number
        bytes += order.data.length
      })
      call.on('end', () => answer(null, { id: String(bytes), number, data: Buffer.alloc(0) }))
    }
    const hang = (call: Unary): void => {
      this.#note(call, call.getDeadline())
      call.on('cancelled', this.#cancelled)
    }
    return {
      Get: this.#echo,
      Private: this.#echo,
      Manage: this.#echo,
      Limited: this.#echo,
      Lost: this.#echo,
      Secure: this.#echo,
      Add: collect,
      Small: collect,
      Wait: hang,
      Slow: hang,
      Watch: (call: grpc.ServerWritableStream<Order, Order>) => {
        this.#note(call, call.getDeadline())
        for (let number = 0; number < call.request.number; number++) call.write({ ...call.request, number })
        call.end()
      },
      Break: (call: grpc.ServerWritableStream<Order, Order>) => {
        call.write(call.request, () => this.#server.forceShutdown())
      },
      Chat: (call: grpc.ServerDuplexStream<Order, Order>) => {
        this.#note(call, call.getDeadline())
        call.on('data', (order: Order) => call.write({ ...order, number: order.number + 1 }))
        call.on('end', () => call.end())
      },
      Fail: (call: Unary, answer: Answer) => {
        this.#note(call, call.getDeadline())
        const metadata = new grpc.Metadata()
        metadata.set('reason', 'test')
        metadata.set('grpc-status-details-bin', Buffer.from('details'))
        answer({ code: grpc.status.FAILED_PRECONDITION, details: 'not so fast: 100 %, ü', metadata })
      },
    }
  }
}
