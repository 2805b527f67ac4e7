/** A broker that does what a test says, also what real ones do once a year: the library's other side. */
import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import type { TestContext } from 'node:test'
import rhea, { type Connection, type Container, type EventContext, type Sender } from 'rhea'

export class StagedBroker {
  readonly port: number
  /** In the order in which messages were accepted. */
  accepted: number = 0
  readonly attached: Sender[] = []
  readonly connections: Connection[] = []
  readonly #container: Container
  readonly #server: Server

  private constructor(container: Container, server: Server) {
    this.#container = container
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    container.on('connection_open', ({ connection }: EventContext) => this.connections.push(connection))
    container.on('sender_open', ({ sender }: EventContext) => sender !== undefined && this.attached.push(sender))
    container.on('accepted', () => this.accepted++)
    // What the other side does is a test's business.
    for (const event of ['disconnected', 'error', 'protocol_error', 'connection_error', 'session_error', 'sender_error'])
      container.on(event, () => {})
  }

  /** `prepare` may let it offer mechanisms of SASL, or listen to events; `properties`: what it says of itself. */
  static async start(
    context: TestContext,
    prepare: (container: Container) => void = () => {},
    properties: Readonly<Record<string, string>> = {},
  ): Promise<StagedBroker> {
    const container = rhea.create_container({ id: 'broker' })
    container.sasl_server_mechanisms.enable_anonymous()
    container.on('sender_open', ({ sender }) => sender.set_source({ address: sender.source.address }))
    prepare(container)
    const server = container.listen({ port: 0, host: '127.0.0.1', properties })
    await once(server, 'listening')
    const broker = new StagedBroker(container, server)
    context.after(() => broker.#end())
    return broker
  }

  get url(): string {
    return `amqp://127.0.0.1:${this.port}`
  }

  /** These bytes as a message, whatever they are, to the subscription that began last. */
  send(message: Buffer): void {
    this.attached.at(-1)!.send(message, undefined, 0)
  }

  sendText(body: string): void {
    this.attached.at(-1)!.send({ body })
  }

  async #end(): Promise<void> {
    this.#container.removeAllListeners('connection_open')
    this.#server.close()
    for (const connection of this.connections) connection.socket.destroy()
    await once(this.#server, 'close')
  }
}
