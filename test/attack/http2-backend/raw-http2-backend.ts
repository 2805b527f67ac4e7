/** A backend that writes HTTP/2 frame by frame, as no library would. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Frame, flags, frame, frameTypes, headerBlock, parseFrames, preface } from '../../wire/http2-frames.ts'

export type Fields = readonly (readonly [string, string])[]

export class RawHttp2Connection {
  readonly socket: Socket
  readonly frames: Frame[] = []
  /** The gateway has closed it. */
  readonly closed: Promise<void>

  constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
  }

  send(type: number, frameFlags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): void {
    if (!this.socket.destroyed) this.socket.write(frame(type, frameFlags, stream, payload))
  }

  headers(stream: number, fields: Fields, endStream = false): void {
    this.send(frameTypes.headers, flags.endHeaders | (endStream ? flags.endStream : 0), stream, headerBlock(fields))
  }

  data(stream: number, content: string | Buffer, endStream = false): void {
    this.send(frameTypes.data, endStream ? flags.endStream : 0, stream, Buffer.from(content))
  }

  reset(stream: number, code: number): void {
    this.send(frameTypes.resetStream, 0, stream, number32(code))
  }

  goaway(lastStream: number, code: number): void {
    this.send(frameTypes.goaway, 0, 0, Buffer.concat([number32(lastStream), number32(code)]))
  }
}

export function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** One entry of a SETTINGS frame (RFC 9113 §6.5.1). */
export function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(6)
  bytes.writeUInt16BE(id)
  bytes.writeUInt32BE(value, 2)
  return bytes
}

export type RequestHandler = (connection: RawHttp2Connection, stream: number, count: number) => unknown

export class RawHttp2Backend {
  readonly connections: RawHttp2Connection[] = []
  readonly #server: Server
  readonly #settings: Buffer
  #requests: number = 0
  handler: RequestHandler
  /** Answers PING, as backends that are there do. */
  answersPings: boolean = true

  private constructor(handler: RequestHandler, settings: Buffer) {
    this.handler = handler
    this.#settings = settings
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket))
  }

  static async start(handler: RequestHandler, settings: Buffer = Buffer.alloc(0)): Promise<RawHttp2Backend> {
    const backend = new RawHttp2Backend(handler, settings)
    backend.#server.listen(0, '127.0.0.1')
    await once(backend.#server, 'listening')
    return backend
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    for (const { socket } of this.connections) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(socket: Socket): void {
    const connection = new RawHttp2Connection(socket)
    this.connections.push(connection)
    let input: Buffer = Buffer.alloc(0)
    let greeted = false
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      input = Buffer.concat([input, chunk])
      if (!greeted) {
        if (input.length < preface.length) return
        if (!input.subarray(0, preface.length).equals(preface)) throw new Error('no preface')
        input = input.subarray(preface.length)
        greeted = true
        connection.send(frameTypes.settings, 0, 0, this.#settings)
      }
      const { frames, rest } = parseFrames(input)
      input = Buffer.from(rest)
      for (const each of frames) this.#take(connection, each)
    })
  }

  #take(connection: RawHttp2Connection, each: Frame): void {
    connection.frames.push({ ...each, payload: Buffer.from(each.payload) })
    if (each.type === frameTypes.settings && each.flags === 0) connection.send(frameTypes.settings, flags.acknowledged, 0)
    if (each.type === frameTypes.ping && each.flags === 0 && this.answersPings)
      connection.send(frameTypes.ping, flags.acknowledged, 0, each.payload)
    if (each.type === frameTypes.headers) this.handler(connection, each.stream, this.#requests++)
  }
}
