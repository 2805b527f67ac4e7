/**
 * A backend that records every byte it is sent and answers as each test wants: by default with a description of the request it got,
 * so that a test can say what a backend sees.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Field, framingOf, type Message, MessageReader } from './message.ts'

export class BackendRequest {
  readonly message: Message
  readonly method: string
  readonly target: string
  readonly version: string
  /** The connection that it came on; tests may write anything to it. */
  readonly socket: Socket
  /** Counts the backend's connections from 0. */
  readonly connection: number
  /** Resolves with the body; rejects when the connection closes first. */
  readonly whole: Promise<Buffer>
  /** Resolves when the connection has closed. */
  readonly closed: Promise<void>
  #resolve: () => void = () => {}

  constructor(message: Message, socket: Socket, connection: number, closed: Promise<void>) {
    const match = /^([^ ]+) ([^ ]+) (HTTP\/1\.[01])$/.exec(message.startLine)
    if (match === null) throw new Error(`not a request line: ${JSON.stringify(message.startLine)}`)
    this.message = message
    this.method = match[1]!
    this.target = match[2]!
    this.version = match[3]!
    this.socket = socket
    this.connection = connection
    this.closed = closed
    this.whole = new Promise((resolve, reject) => {
      this.#resolve = () => resolve(message.body)
      closed.then(() => reject(new Error('the request was cut short')))
    })
    // Not every test waits for the body.
    this.whole.catch(() => {})
  }

  completed(): void {
    this.#resolve()
  }

  field(name: string): string | undefined {
    return this.message.field(name)
  }

  get fields(): readonly Field[] {
    return this.message.fields
  }

  /** A whole answer with these field lines and body. */
  respond(body: string | Buffer = '', fields: readonly string[] = [], status = '200 OK'): void {
    const content = typeof body === 'string' ? Buffer.from(body) : body
    this.write(`HTTP/1.1 ${[status, ...fields, `Content-Length: ${content.length}`].join('\r\n')}\r\n\r\n`)
    if (this.method !== 'HEAD') this.write(content)
  }

  /** Bytes as they are; text is sent as latin1. */
  write(bytes: string | Buffer): boolean {
    return this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }
}

export type Handler = (request: BackendRequest) => unknown

type Expected = { readonly handler: Handler; readonly resolve: (request: BackendRequest) => void }

/** What `echo` answers with. */
export type Seen = {
  readonly method: string
  readonly target: string
  readonly version: string
  readonly fields: readonly Field[]
  readonly body: string
}

export const echo: Handler = async (request) => {
  const body = await request.whole
  const { method, target, version, fields } = request
  const seen: Seen = { method, target, version, fields, body: body.toString('latin1') }
  request.respond(JSON.stringify(seen), ['Content-Type: application/json'])
}

export class Backend {
  /** Bytes received on all connections. */
  bytes: number = 0
  /** Connections accepted. */
  connections: number = 0
  /** Every request whose head was complete. */
  readonly requests: BackendRequest[] = []
  /** Gets every byte as it comes, for whoever wants to read it in another way. */
  onBytes: ((connection: number, chunk: Buffer) => void) | null = null
  /** Answers requests for which neither `once` nor `on` is set. */
  handler: Handler = echo
  readonly #targets: Map<string, Expected> = new Map()
  readonly #expected: Expected[] = []
  readonly #waiting: ((request: BackendRequest) => void)[] = []
  readonly #sockets: Set<Socket> = new Set()
  readonly #server: Server
  /** What a test must not overlook: the gateway sent something that is not HTTP. */
  failure: Error | null = null

  private constructor() {
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#accept(socket))
  }

  static async start(port = 0): Promise<Backend> {
    const backend = new Backend()
    backend.#server.listen(port, '127.0.0.1')
    await once(backend.#server, 'listening')
    return backend
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** The next request is answered by this handler; resolves with it once its head is here. */
  once(handler: Handler): Promise<BackendRequest> {
    return new Promise((resolve) => this.#expected.push({ handler, resolve }))
  }

  /** Every request for this target is answered by this handler; resolves with the first of them. */
  on(target: string, handler: Handler): Promise<BackendRequest> {
    return new Promise((resolve) => this.#targets.set(target, { handler, resolve }))
  }

  /** The next request. */
  next(): Promise<BackendRequest> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size
  }

  /** Resolves when the other side has closed every connection. */
  async emptied(): Promise<void> {
    await Promise.all([...this.#sockets].map(closing))
  }

  /** Drops every connection; what listens goes on listening. */
  async dropConnections(): Promise<void> {
    const closed = [...this.#sockets].map(closing)
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(closed)
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
    if (this.failure !== null) throw this.failure
  }

  #accept(socket: Socket): void {
    const connection = this.connections++
    this.#sockets.add(socket)
    const closed = closing(socket)
    let current: BackendRequest | null = null
    const reader = new MessageReader(
      (message) => {
        current = new BackendRequest(message, socket, connection, closed)
        this.requests.push(current)
        const framing = framingOf(message)
        this.#handle(current)
        return framing
      },
      () => current?.completed(),
    )
    socket.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length
      this.onBytes?.(connection, chunk)
      try {
        reader.push(chunk)
      } catch (error) {
        this.failure = error instanceof Error ? error : new Error(String(error))
        socket.destroy()
      }
    })
    socket.on('end', () => socket.end())
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
  }

  #handle(request: BackendRequest): void {
    const expected = this.#targets.get(request.target) ?? this.#expected.shift()
    expected?.resolve(request)
    this.#waiting.shift()?.(request)
    const done = (expected?.handler ?? this.handler)(request)
    // A request that the gateway gave up is not the handler's fault.
    if (done instanceof Promise) done.catch(() => {})
  }
}

/** Resolves when the socket has closed, in whatever way. */
function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

/** What the default handler described. */
export function seen(answer: { readonly message: Message }): Seen {
  return JSON.parse(answer.message.text) as Seen
}
