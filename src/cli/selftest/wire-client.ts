/** A client that sends bytes as they are, malformed ones too, and reads what comes back. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import type { Certified } from './throwaway-certificate.ts'

/** `body` of an answer without one is empty. */
export type Answer = { readonly status: number /** Lines of the head. */; readonly fields: string; readonly body: string }

/** Where to, and over what: one connection is used again for all that is the same. */
export type Way = { readonly port: number; readonly secure: boolean; readonly certificate: Certified | null }

/** Milliseconds for a connection, and then for what is asked over it, on a slow machine. */
const patience = 60_000

/** Bytes of one answer with its interim ones: far more than a stand-in says or a gateway refuses with. */
const answerBound = 16 * 1024 * 1024

export class WireClient {
  #way: Way | null = null
  #socket: Socket | null = null
  readonly #patience: number
  readonly #most: number

  constructor({ milliseconds = patience, bytes = answerBound }: { readonly milliseconds?: number; readonly bytes?: number } = {}) {
    this.#patience = milliseconds
    this.#most = bytes
  }

  /** The answer, or in words why there is none. `method` tells whether an answer has a body. */
  async ask(way: Way, bytes: Buffer, method: string): Promise<Answer | string> {
    const reused = this.#socket !== null && sameWay(this.#way, way) && !this.#socket.destroyed && this.#socket.readable
    if (!reused) this.close()
    const [answer] = await this.#exchange(way, bytes, [method])
    // A connection that was kept may have been closed meanwhile: that says nothing about the request.
    return reused && answer === closedEarly ? (await this.#exchange(way, bytes, [method]))[0]! : answer!
  }

  /** The same for several requests that are sent at once, over a connection of their own. There are as many answers. */
  async askAll(way: Way, requests: readonly Buffer[], method: string): Promise<readonly (Answer | string)[]> {
    this.close()
    return this.#exchange(
      way,
      Buffer.concat(requests),
      requests.map(() => method),
    )
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = null
  }

  async #exchange(way: Way, bytes: Buffer, methods: readonly string[]): Promise<readonly (Answer | string)[]> {
    const socket = this.#socket ?? (await open(way, this.#patience))
    if (typeof socket === 'string') return methods.map(() => socket)
    this.#socket = socket
    this.#way = way
    const answers: (Answer | string)[] = []
    let reader = new AnswerReader(methods[0]!, '')
    let received = 0
    await new Promise<void>((resolve) => {
      const take = (chunk: string): void => {
        for (let answer = reader.push(chunk); answer !== null; answer = reader.push('')) {
          answers.push(answer)
          if (answers.length === methods.length) return end()
          received = 0
          reader = new AnswerReader(methods[answers.length]!, reader.rest)
        }
      }
      const taken = (chunk: Buffer): void => {
        received += chunk.length
        take(chunk.toString('latin1'))
        if (received <= this.#most || answers.length === methods.length) return
        answers.push(`an answer of more than ${this.#most} bytes`)
        reader.closes = true
        end()
      }
      const closed = (): void => {
        answers.push(reader.ended())
        end()
      }
      const timer = setTimeout(() => end(), this.#patience)
      const end = (): void => {
        clearTimeout(timer)
        socket.off('data', taken).off('close', closed)
        resolve()
      }
      socket.on('data', taken).on('close', closed)
      socket.write(bytes)
    })
    if (answers.length < methods.length || reader.closes) this.close()
    return methods.map((_, index) => answers[index] ?? 'no answer in time')
  }
}

const closedEarly = 'the connection was closed without an answer'

function sameWay(one: Way | null, other: Way): boolean {
  return one !== null && one.port === other.port && one.secure === other.secure && one.certificate === other.certificate
}

async function open({ port, secure, certificate }: Way, milliseconds: number): Promise<Socket | string> {
  const identity = certificate === null ? {} : { cert: certificate.certificate, key: certificate.key }
  // Whose certificate the gateway shows is not what is tested: it was made for this run.
  const socket = secure
    ? connectSecurely({ host: '127.0.0.1', port, rejectUnauthorized: false, ...identity })
    : connect({ host: '127.0.0.1', port, noDelay: true })
  socket.on('error', () => {})
  const late = AbortSignal.timeout(milliseconds)
  try {
    await once(socket, secure ? 'secureConnect' : 'connect', { signal: late })
    return socket
  } catch (error) {
    socket.destroy()
    if (late.aborted) return 'no connection in time'
    return `no connection: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Reads one answer (RFC 9112 §6); interim ones are passed over, but for 100 and 101. */
class AnswerReader {
  /** The connection is of no use after it. */
  closes: boolean = false
  readonly #method: string
  #text: string
  #answer: { readonly status: number; readonly fields: string } | null = null

  /** `text`: what has come already. */
  constructor(method: string, text: string) {
    this.#method = method
    this.#text = text
  }

  /** What has come behind the answer. */
  get rest(): string {
    return this.#text
  }

  /** `null`: there is more to come. */
  push(text: string): Answer | null {
    this.#text += text
    while (this.#answer === null) {
      const end = this.#text.indexOf('\r\n\r\n')
      if (end === -1) return null
      const fields = this.#text.slice(0, end + 2)
      this.#text = this.#text.slice(end + 4)
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(fields)?.[1] ?? 0)
      if (status >= 200 || status === 100 || status === 101) this.#answer = { status, fields }
    }
    const { status, fields } = this.#answer
    this.closes ||= status <= 101 || /\r\nconnection: *close\r\n/i.test(fields)
    if (this.#method === 'HEAD' || status <= 101 || status === 204 || status === 304) return { status, fields, body: '' }
    const body = /\r\ntransfer-encoding:/i.test(fields) ? this.#chunked() : this.#sized(fields)
    return body === null ? null : { status, fields, body }
  }

  /** What there is when the connection has closed. */
  ended(): Answer | string {
    this.closes = true
    return this.#answer === null ? closedEarly : { ...this.#answer, body: this.#text }
  }

  #sized(fields: string): string | null {
    const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(fields)?.[1]
    return length === undefined || this.#text.length < Number(length) ? null : this.#take(Number(length))
  }

  /** `null`: the last chunk has not come, nor will it behind a size that is none. Trailers are none. */
  #chunked(): string | null {
    let body = ''
    for (let position = 0; ; ) {
      const end = this.#text.indexOf('\r\n', position)
      if (end === -1) return null
      const digits = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/i.exec(this.#text.slice(position, end))?.[1]
      if (digits === undefined) return null
      const size = Number.parseInt(digits, 16)
      const next = end + 2 + size + 2
      if (this.#text.length < next) return null
      if (size === 0) {
        this.#take(next)
        return body
      }
      body += this.#text.slice(end + 2, end + 2 + size)
      position = next
    }
  }

  #take(length: number): string {
    const taken = this.#text.slice(0, length)
    this.#text = this.#text.slice(length)
    return taken
  }
}
