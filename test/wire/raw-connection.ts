/** One end of a connection as nothing but bytes: what came, and how it ended. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export class RawConnection {
  readonly socket: Socket
  #pieces: Buffer[] = []
  /** The other side has ended its direction. */
  ended: boolean = false
  /** Resolves when it has closed, with whether the other side had ended it in order. */
  readonly closed: Promise<'clean' | 'cut'>
  #waiting: (() => void)[] = []

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#pieces.push(chunk)
      this.#look()
    })
    socket.on('end', () => {
      this.ended = true
      this.#look()
    })
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        resolve(this.ended ? 'clean' : 'cut')
        this.#look()
      })
    })
  }

  static async connect(port: number): Promise<RawConnection> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true })
    await once(socket, 'connect')
    return new RawConnection(socket)
  }

  /** All that has come, but for what `head` took off. */
  get received(): Buffer {
    if (this.#pieces.length !== 1) this.#pieces = [Buffer.concat(this.#pieces)]
    return this.#pieces[0]!
  }

  /** Bytes of `received`. */
  get length(): number {
    return this.#pieces.reduce((sum, { length }) => sum + length, 0)
  }

  /** Text is sent as latin1. */
  send(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** Resolves with all that has come once it fits; rejects when the connection ends before. */
  until(fits: (bytes: Buffer) => boolean): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (fits(this.received)) resolve(this.received)
        else if (this.ended || this.socket.closed) reject(new Error(`ended after ${JSON.stringify(this.received.toString('latin1'))}`))
        else this.#waiting.push(look)
      }
      look()
    })
  }

  /** Resolves when the other side has ended its direction. */
  async end(): Promise<void> {
    await this.until(() => this.ended || this.socket.closed)
  }

  /** Takes a head off what has come, and returns its text. */
  async head(): Promise<string> {
    const bytes = await this.until((all) => all.includes('\r\n\r\n'))
    const end = bytes.indexOf('\r\n\r\n') + 4
    this.#pieces = [bytes.subarray(end)]
    return bytes.toString('latin1', 0, end)
  }

  async destroy(): Promise<void> {
    this.socket.destroy()
    await this.closed
  }

  #look(): void {
    for (const look of this.#waiting.splice(0)) look()
  }
}
