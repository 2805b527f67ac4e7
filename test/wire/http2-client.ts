/** A client that sends frames of HTTP/2 as it is told, and keeps what it gets. */
import { connect, type Socket } from 'node:net'
import { type Frame, flags, frame, frameTypes, parseFrames, preface, settings } from './http2-frames.ts'

export class Http2WireClient {
  readonly #socket: Socket
  readonly #frames: Frame[] = []
  readonly #waiting: Set<() => void> = new Set()
  #rest: Buffer = Buffer.alloc(0)
  #closed: boolean = false
  /** Whether SETTINGS of the other side are acknowledged. */
  acknowledges: boolean = true

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    // A connection that is reset is closed, which is what is looked at.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#closed = true
      this.#tell()
    })
  }

  /** Connected, and nothing sent. `allowHalfOpen`: it does not close its side when the other side is closed. */
  static async connect(port: number, allowHalfOpen = false): Promise<Http2WireClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen })
    const client = new Http2WireClient(socket)
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return client
  }

  /** With the preface and empty settings sent. */
  static async open(port: number): Promise<Http2WireClient> {
    const client = await Http2WireClient.connect(port)
    client.send(preface, settings())
    return client
  }

  send(...bytes: readonly Uint8Array[]): void {
    if (!this.#socket.destroyed) this.#socket.write(Buffer.concat(bytes))
  }

  get frames(): readonly Frame[] {
    return this.#frames
  }

  get closed(): boolean {
    return this.#closed
  }

  /** The first frame that has come and is as asked for; rejects when the connection closes without one. */
  async frame(type: number, stream: number): Promise<Frame> {
    for (;;) {
      const found = this.#frames.find((candidate) => candidate.type === type && candidate.stream === stream)
      if (found !== undefined) return found
      if (this.#closed) throw new Error(`closed without a frame of type ${type}`)
      await this.next()
    }
  }

  async end(): Promise<void> {
    while (!this.#closed) await this.next()
  }

  /** The error code of the last GOAWAY; null where there was none. */
  get goaway(): number | null {
    return this.#frames.findLast(({ type }) => type === frameTypes.goaway)?.payload.readUInt32BE(4) ?? null
  }

  pause(): void {
    this.#socket.pause()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    const { frames, rest } = parseFrames(Buffer.concat([this.#rest, chunk]))
    this.#rest = rest
    this.#frames.push(...frames)
    if (this.acknowledges) {
      for (const { type, flags: set } of frames)
        if (type === frameTypes.settings && set === flags.none) this.send(frame(frameTypes.settings, flags.acknowledged, 0))
    }
    this.#tell()
  }

  /** Resolves when something more has come, or the connection has closed. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  #tell(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
