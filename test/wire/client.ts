/** A client that sends exactly the bytes it is told to, and reads answers without any leniency. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { framingOf, type Message, MessageReader } from './message.ts'

export type Answer = {
  readonly status: number
  readonly message: Message
  /** Heads of the interim answers (1xx) that came before it. */
  readonly interim: readonly Message[]
}

type Expectation = { readonly method: string; readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void }

export class Client {
  readonly socket: Socket
  /** Every byte that came. */
  received: number = 0
  /** Resolves when the connection has closed, with whether it ended cleanly: by a FIN, with no answer owed. */
  readonly closed: Promise<'clean' | 'cut'>
  readonly #reader: MessageReader
  #expected: Expectation[] = []
  #interim: Message[] = []
  #reading: Message | null = null
  #ended: boolean = false
  #failure: Error | null = null

  private constructor(socket: Socket) {
    this.socket = socket
    this.#reader = new MessageReader(
      (message) => this.#began(message),
      (message) => this.#answered(message),
    )
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        const clean = this.#ended && this.#expected.length === 0 && this.#reader.rest.length === 0
        for (const { reject } of this.#expected.splice(0)) reject(this.#failure ?? new Error('the connection closed without an answer'))
        resolve(clean ? 'clean' : 'cut')
      })
    })
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('end', () => {
      this.#ended = true
      this.#reader.end()
    })
    // Resets are part of what is tested; `closed` tells of them.
    socket.on('error', () => {})
  }

  static async connect(port: number): Promise<Client> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    await once(socket, 'connect')
    return new Client(socket)
  }

  /** On a connection that is open already. */
  static over(socket: Socket): Client {
    return new Client(socket)
  }

  /** Text is sent as latin1: one character, one byte. False: the socket's buffer is full. */
  send(bytes: string | Buffer): boolean {
    return this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** The next answer, to a request with this method. Rejects when the connection closes before it is complete. */
  answer(method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.socket.closed) reject(new Error('the connection is closed'))
      else this.#expected.push({ method, resolve, reject })
    })
  }

  /** Sends one request and waits for its answer. */
  request(bytes: string | Buffer): Promise<Answer> {
    const start = typeof bytes === 'string' ? bytes : bytes.toString('latin1', 0, 8)
    const answer = this.answer(start.split(' ', 1)[0])
    this.send(bytes)
    return answer
  }

  /** Closes at once. */
  async destroy(): Promise<void> {
    this.socket.destroy()
    await this.closed
  }

  #read(chunk: Buffer): void {
    this.received += chunk.length
    try {
      this.#reader.push(chunk)
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error))
      this.socket.destroy()
    }
  }

  #began(message: Message): ReturnType<typeof framingOf> {
    const status = statusOf(message)
    const framing = framingOf(message)
    if (status < 200) return { kind: 'none' }
    if (this.#expected.length === 0) throw new Error('an answer that nobody asked for')
    this.#reading = message
    if (this.#expected[0]?.method === 'HEAD' || status === 204 || status === 304) return { kind: 'none' }
    return framing.kind === 'none' ? { kind: 'until-close' } : framing
  }

  #answered(message: Message): void {
    if (message !== this.#reading) {
      this.#interim.push(message)
      return
    }
    const interim = this.#interim
    this.#reading = null
    this.#interim = []
    this.#expected.shift()!.resolve({ status: statusOf(message), message, interim })
  }
}

function statusOf(message: Message): number {
  const match = /^HTTP\/1\.1 ([1-5][0-9]{2}) /.exec(message.startLine)
  if (match === null) throw new Error(`not a status line: ${JSON.stringify(message.startLine)}`)
  return Number(match[1])
}

/** One request on a connection of its own. */
export async function ask(port: number, bytes: string | Buffer): Promise<Answer> {
  const client = await Client.connect(port)
  try {
    return await client.request(bytes)
  } finally {
    await client.destroy()
  }
}
