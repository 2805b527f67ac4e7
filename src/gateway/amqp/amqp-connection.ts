/**
 * One connection to a broker of AMQP 0-9-1, by amqplib. Whatever is the matter with it, everything that is asked on it ends in time, and so
 * does the connection: it is not used again.
 */
import { Socket } from 'node:net'
import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { serviceError } from '../calls/service-error.ts'
import { Pauses, unhurried } from '../feeds/gathering.ts'
import type { AmqpTarget } from './amqp-address.ts'

/** Milliseconds for a connection with its login, and for each answer on it. */
const patience = 5_000

/** Milliseconds for a farewell. */
const farewell = 1_000

/** Seconds. A broker that hears nothing for twice as long takes the gateway for dead, and keeps nothing for it. */
const heartbeat = 10

/** Bytes of a frame: what is offered to the broker, and what is taken from one that splits no messages. */
const offeredFrame = 128 * 1024
const largestFrame = 1024 * 1024

export class AmqpError extends Error {
  /** A few words, without anything that the broker said. */
  readonly reason: string

  constructor(reason: string) {
    super(`the broker cannot be used: ${reason}`)
    this.reason = reason
  }
}

export class AmqpConnection {
  readonly #model: ChannelModel
  readonly #socket: AbortController
  readonly #over: AbortController = new AbortController()
  #problem: string | null = null
  #blocked: boolean = false

  private constructor(model: ChannelModel, socket: AbortController) {
    this.#model = model
    this.#socket = socket
    // One that is closed says so as well.
    model.on('error', (error) => this.fail(amqpFailure(error)))
    model.on('close', (error) => this.fail(error === undefined ? 'closed' : amqpFailure(error)))
    model.on('blocked', () => {
      this.#blocked = true
    })
    model.on('unblocked', () => {
      this.#blocked = false
    })
  }

  /** Rejects with an AmqpError. */
  static async open({ address, login, authorities }: AmqpTarget): Promise<AmqpConnection> {
    const socket = new AbortController()
    const timer = setTimeout(() => socket.abort(), patience)
    const own = authorities.length === 0 ? {} : { ca: [...authorities] }
    // Said, because an environment variable of Node's changes the default.
    const tls = address.secure ? ({ minVersion: 'TLSv1.2', rejectUnauthorized: true, ...own } as const) : {}
    const clientProperties = { connection_name: 'postern' }
    const options = { noDelay: true, signal: socket.signal, clientProperties, ...unhurried, ...tls }
    try {
      const model = await connect(
        {
          protocol: address.secure ? 'amqps' : 'amqp',
          hostname: address.host,
          port: address.port,
          vhost: address.virtualHost,
          ...login,
          heartbeat,
          frameMax: offeredFrame,
          maxFrameSize: largestFrame,
        },
        options,
      )
      return new AmqpConnection(model, socket)
    } catch (error) {
      throw new AmqpError(socket.signal.aborted ? 'timeout' : amqpFailure(error))
    } finally {
      clearTimeout(timer)
    }
  }

  /** Aborted when the connection can be used no more. */
  get over(): AbortSignal {
    return this.#over.signal
  }

  /** Why it is over; `null` while it is not. */
  get problem(): string | null {
    return this.#problem
  }

  async channel(): Promise<Channel> {
    return this.#watched(await this.call(this.#model.createChannel()))
  }

  /** What is published there is confirmed by the broker. */
  async confirmChannel(): Promise<ConfirmChannel> {
    return this.#watched(await this.call(this.#model.createConfirmChannel()))
  }

  /** What was asked on a channel of this connection. Rejects with an AmqpError when it takes too long; the connection is over then. */
  async call<T>(work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.fail(this.#blocked ? 'blocked' : 'timeout'), patience)
    try {
      return await work
    } catch (error) {
      const reason = this.#problem ?? amqpFailure(error)
      this.fail(reason)
      throw new AmqpError(reason)
    } finally {
      clearTimeout(timer)
    }
  }

  /** From now on what comes densely is read together. */
  gather(): void {
    const { connection } = this.#model
    if ('stream' in connection && connection.stream instanceof Socket) readWithPauses(connection.stream)
  }

  /** Ends it at once, for this reason. */
  fail(problem: string): void {
    if (this.#problem !== null) return
    this.#problem = problem
    this.#socket.abort()
    this.#over.abort()
  }

  /** Ends it in order, if the broker takes part in that soon. */
  async close(): Promise<void> {
    if (this.#problem !== null) return
    const timer = setTimeout(() => this.fail('closed'), farewell)
    await this.#model.close().catch(() => {})
    clearTimeout(timer)
    this.fail('closed')
  }

  #watched<C extends Channel>(channel: C): C {
    channel.on('error', (error) => this.fail(amqpFailure(error)))
    // Where the whole connection is closed, the broker's reason is told after that.
    channel.on('close', () => queueMicrotask(() => this.fail('closed')))
    return channel
  }
}

/** Whoever reads when there is something to read is told so after a pause, if he has just read. */
function readWithPauses(socket: Socket): void {
  const readers = socket.listeners('readable')
  socket.removeAllListeners('readable')
  let isPausing = false
  let isDue = false
  const read = (): void => {
    isDue = false
    const bytes = socket.readableLength
    for (const reader of readers) reader.call(socket)
    pauses.after(bytes)
  }
  const pauses = new Pauses(
    () => {
      isPausing = true
    },
    () => {
      isPausing = false
      if (isDue) read()
    },
  )
  socket.on('readable', () => {
    if (isPausing) isDue = true
    else read()
  })
}

/** What an error means. Its text is not kept: it may quote what the broker said, and the broker what it was told. */
export function amqpFailure(error: unknown): string {
  if (error instanceof AmqpError) return error.reason
  if (!(error instanceof Error)) return 'protocol'
  const { code } = error as { readonly code?: unknown }
  const reply = typeof code === 'number' ? String(code) : /\bby server: (\d{3})\b/.exec(error.message)?.[1]
  if (reply !== undefined) return `broker ${reply}`
  if (typeof code === 'string') return serviceError(error).reason
  if (/^Heartbeat timeout/.test(error.message)) return 'timeout'
  // It was expected to open something, as the virtual host.
  if (/<ConnectionClose\b/.test(error.message)) return 'refused'
  return /^(?:Socket closed|Unexpected close)/.test(error.message) ? 'closed' : 'protocol'
}
