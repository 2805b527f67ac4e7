/**
 * One connection to a broker of AMQP 1.0, for as long as it lasts; whoever uses it opens the next one. The library speaks the protocol. It is
 * kept from three things: reconnecting, collecting what has no bound, and making objects of what strangers wrote.
 */
import crypto from 'node:crypto'
import type { Socket } from 'node:net'
import rhea, { type Connection, type ConnectionOptions, type EventContext } from 'rhea'
import { ServiceError } from '../calls/service-error.ts'
import { openSocket } from './broker-socket.ts'
import { FrameGate } from './frame-gate.ts'
import { mechanismFor } from './login-mechanism.ts'
import type { Amqp10Target } from './target.ts'

/** Bytes of a frame, and of a message: what revokes something is short. */
const largestFrame = 64 * 1024
const largestMessage = 256 * 1024

/** Milliseconds for each thing that the broker is asked. */
const patience = 5_000

/** Messages that the broker may send before some are taken. It is told so again for a quarter of them at once. */
const window = 500

/** How messages are sent: the broker is done with each when it has sent it. */
const settled = 1

/** Milliseconds until a connection that was closed is given up. */
const farewell = 500

const nothing = Buffer.alloc(0)

type Transfer = { readonly payload?: Buffer; readonly performative: { message_format: number; readonly more: boolean | undefined } }

export class Amqp10Connection {
  /** Aborted when it is over. */
  readonly over: AbortSignal
  readonly #over: AbortController = new AbortController()
  readonly #connection: Connection
  readonly #socket: Socket
  readonly #gate: FrameGate
  #why: string = 'ended'

  private constructor(socket: Socket, target: Amqp10Target) {
    this.over = this.#over.signal
    this.#socket = socket
    socket.on('close', () => this.#end('connect'))
    this.#gate = new FrameGate(socket, largestFrame, () => this.#end('too-large'))
    // A name that no other connection has: to some brokers it is a client's.
    const container = rhea.create_container({ id: `postern-${crypto.randomUUID()}` })
    this.#connection = container.create_connection(optionsFor(this.#gate, target))
    this.#watch()
    boundTransfers(this.#connection)
    this.#connection.connect()
  }

  /** Rejects with a ServiceError when the time is over or nobody is there, with an Amqp10Error where the broker refuses. */
  static async open(target: Amqp10Target, signal: AbortSignal): Promise<Amqp10Connection> {
    const socket = await openSocket(target, signal)
    const connection = new Amqp10Connection(socket, target)
    try {
      await connection.#until(signal, (done) => connection.#connection.once('connection_open', done))
      return connection
    } catch (error) {
      connection.close()
      throw error
    }
  }

  /** Why it is over, in a word or as the condition that the broker gave. */
  get why(): string {
    return this.#why
  }

  /**
   * Messages of a topic from now on, each as its bytes; undefined for one that is too large. Resolves when the broker has agreed. Where the
   * broker wants a message to be accepted, it is when `received` has returned.
   */
  async receive(topic: string, signal: AbortSignal, received: (message: Buffer | undefined) => void): Promise<void> {
    if (mayBeQueue(topic, this.#connection.properties)) throw new Amqp10Error('to this broker the address is a queue')
    const receiver = this.#connection.open_receiver({
      source: { address: topic, ...capabilitiesOf(topic) },
      credit_window: window,
      // Nothing needs to be accepted, then: what was sent is taken over before anything else is read, and what is lost with the connection,
      // another feed says when there is one again.
      snd_settle_mode: settled,
      autoaccept: false,
      max_message_size: largestMessage,
    })
    receiver.on('message', ({ message, delivery }: EventContext) => {
      const bytes: unknown = message
      received(Buffer.isBuffer(bytes) && bytes.length <= largestMessage ? bytes : undefined)
      delivery?.accept()
    })
    await this.#until(signal, (done) => {
      receiver.once('receiver_open', () => {
        // A broker that refuses says so with a source of nothing, and then why.
        if (!isNothing(receiver.source)) done()
      })
    })
    this.#gate.gather()
  }

  /** Sends and waits until the broker has it. Rejects where it does not want it, or says nothing; then it may have it all the same. */
  async send(topic: string, message: string, signal: AbortSignal): Promise<void> {
    if (mayBeQueue(topic, this.#connection.properties)) throw new Amqp10Error('to this broker the address is a queue')
    const sender = this.#connection.open_sender({ target: { address: topic, ...capabilitiesOf(topic) } })
    await this.#until(signal, (done, failed) => {
      sender.once('sendable', () => {
        // Bytes with this type are text to JMS clients, and bytes to what reads the topic over another protocol.
        const body = rhea.message.data_section(Buffer.from(message, 'utf8'))
        sender.send({ durable: true, content_type: 'application/json', body })
      })
      sender.once('accepted', done)
      for (const refusal of ['rejected', 'released', 'modified']) sender.once(refusal, () => failed(refusal))
    })
  }

  /** Resolves when the broker has answered a question: whether a session may begin, which is then ended. */
  async ask(signal: AbortSignal): Promise<void> {
    const session = this.#connection.create_session()
    await this.#until(signal, (done, failed) => {
      session.on('session_close', () => failed(conditionOf(session.error)))
      session.once('session_open', () => {
        session.close()
        done()
      })
      session.begin()
    })
  }

  close(): void {
    this.#end('ended')
    const open = this.#connection.is_open()
    if (open) this.#connection.close()
    setTimeout(() => this.#socket.destroy(), open ? farewell : 0).unref()
  }

  /** Whatever ends it, in whichever order the library says so: the first is why. */
  #watch(): void {
    const endWith = (event: string, why: (context: EventContext) => string): void => {
      this.#connection.on(event, (context: EventContext) => {
        this.#end(why(context))
        this.#socket.destroySoon()
      })
    }
    endWith('connection_error', ({ error }) => conditionOf(error))
    endWith('connection_close', () => 'closed')
    endWith('session_error', ({ session }) => conditionOf(session?.error))
    endWith('session_close', () => 'closed')
    endWith('receiver_error', ({ receiver }) => conditionOf(receiver?.error))
    endWith('receiver_close', () => 'closed')
    endWith('sender_error', ({ sender }) => conditionOf(sender?.error))
    endWith('sender_close', () => 'closed')
    endWith('protocol_error', () => 'protocol')
    endWith('error', () => 'protocol')
    endWith('disconnected', () => 'connect')
  }

  #end(why: string): void {
    if (this.over.aborted) return
    this.#why = why
    this.#over.abort()
  }

  #until(signal: AbortSignal, begin: (done: () => void, failed: (why: string) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        signal.removeEventListener('abort', late)
        this.over.removeEventListener('abort', over)
        outcome()
      }
      const late = (): void => settle(() => reject(new ServiceError('timeout')))
      const over = (): void => settle(() => reject(new Amqp10Error(this.#why)))
      if (this.over.aborted) return over()
      if (signal.aborted) return late()
      signal.addEventListener('abort', late)
      this.over.addEventListener('abort', over)
      begin(
        () => settle(resolve),
        (why) => settle(() => reject(new Amqp10Error(why))),
      )
    })
  }
}

/** Why a connection is over. Holds nothing that was sent on it. */
export class Amqp10Error extends Error {
  readonly reason: string

  constructor(reason: string) {
    super(`the broker cannot be used: ${reason}`)
    this.reason = reason
  }
}

/** Why it was in vain, in a word. */
export function amqp10Failure(error: unknown): string {
  return error instanceof Amqp10Error || error instanceof ServiceError ? error.reason : 'bug'
}

/** For one thing that the broker is asked; `ended` ends it before. */
export function inTime(ended?: AbortSignal): AbortSignal {
  const late = AbortSignal.timeout(patience)
  return ended === undefined ? late : AbortSignal.any([ended, late])
}

function optionsFor(gate: FrameGate, { address: { host, port, virtualHost }, login }: Amqp10Target): ConnectionOptions {
  const options = {
    host,
    port,
    // RabbitMQ's way to say it; others know their hosts by name.
    hostname: virtualHost === '' ? host : `vhost:${decodeURIComponent(virtualHost)}`,
    sasl_init_hostname: host,
    connection_details: () => ({
      host,
      port,
      connect: (_port: number, _host: string, _options: unknown, connected: () => void) => {
        // The socket is open already; the library waits for it to be.
        setImmediate(connected)
        return gate
      },
    }),
    sasl_mechanisms: mechanismFor(login),
    reconnect: false,
    max_frame_size: largestFrame,
  }
  // The library's types leave the mechanisms out.
  return options
}

/** What a topic is to brokers that keep queues under the same names (JMS mapping); subscriptions of Azure are no topics. */
function capabilitiesOf(topic: string): { readonly capabilities?: string } {
  return /\/subscriptions\//i.test(topic) ? {} : { capabilities: 'topic' }
}

/**
 * Of a queue each gateway would get a part of the messages. It needs no more than a name with RabbitMQ, and with brokers that say how the
 * addresses of topics and queues begin.
 */
function mayBeQueue(topic: string, properties: Readonly<Record<string, unknown>> | null | undefined): boolean {
  if (properties?.product === 'RabbitMQ') return !topic.startsWith('/')
  const prefixes = [properties?.['topic-prefix'], properties?.['queue-prefix']].filter((each) => typeof each === 'string' && each !== '')
  return prefixes.length > 0 && !prefixes.some((prefix) => topic.startsWith(String(prefix)))
}

/** Nothing at all, or what the library makes of nothing that was sent. */
function isNothing(source: object | null | undefined): boolean {
  return source == null || ('value' in source && source.value === null)
}

/** The condition is a symbol of the broker's; anything else that it says is not told. */
function conditionOf(error: unknown): string {
  const condition = typeof error === 'object' && error !== null && 'condition' in error ? error.condition : null
  return typeof condition === 'string' && /^[a-z][\w:.-]{0,60}$/i.test(condition) ? condition : 'refused'
}

/**
 * The library reads messages of format 0 itself, and collects however many frames one has. It is told that they are of another format, of
 * which it hands on the bytes, and of one that is too large it gets no more of them.
 */
function boundTransfers(connection: Connection): void {
  const library = connection.on_transfer
  let size = 0
  connection.on_transfer = (frame: Transfer): void => {
    const { payload = nothing, performative } = frame
    performative.message_format = 1
    const bounded = size > largestMessage ? nothing : payload
    size = performative.more === true ? size + payload.length : 0
    library.call(connection, { ...frame, payload: bounded })
  }
}
