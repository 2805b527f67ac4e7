/**
 * The other half: answers of backends, as the gateway passes them on, against what Node's own client makes of the same bytes. What the
 * gateway passes on as whole, Node must read as the same; what the gateway writes, a second parser must read as the same; whatever comes,
 * the next exchange gets its own answer.
 */
import { once } from 'node:events'
import { request as nodeRequest } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Answer, Client } from '../wire/client.ts'
import { LocalGateway } from '../wire/gateway.ts'
import type { Field, Message } from '../wire/message.ts'
import { planOf } from '../wire/plan.ts'
import { differs, type ReadMessage, SecondParser } from './second-parser.ts'

type Read = { readonly status: number; readonly fields: readonly Field[]; readonly body: string | null }

const marker = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nmarker'

export class Answers {
  readonly #backend: Server
  readonly #local: LocalGateway
  #pieces: readonly string[] = [marker]
  /** What a second parser found wrong in what the gateway wrote. */
  #second: string | null = null

  private constructor(backend: Server, local: LocalGateway) {
    this.#backend = backend
    this.#local = local
    backend.on('connection', (socket) => {
      socket.on('error', () => {})
      socket.once('data', () => void this.#answer(socket))
    })
  }

  static async start(): Promise<Answers> {
    const backend = createServer().listen(0, '127.0.0.1')
    await once(backend, 'listening')
    const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
    const operations = [
      { method: 'GET', template: '/' },
      { method: 'HEAD', template: '/' },
    ] as const
    return new Answers(backend, await LocalGateway.start(planOf([url], { operations })))
  }

  /** What is wrong with how the gateway took these bytes for an answer to `method`; null when nothing is. */
  async check(bytes: string, method: 'GET' | 'HEAD', splits: readonly number[] = []): Promise<string | null> {
    const ends = [...splits, bytes.length]
    this.#pieces = ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end))
    this.#second = null
    this.#local.forgetLog()
    const passed = await this.#ask(method)
    if (this.#second !== null) return this.#second
    if (passed !== null) {
      const read = await this.#readByNode(method)
      if (read === null) return `passed on, but Node refuses it: ${JSON.stringify(passed)}`
      // Bytes behind the answer: the gateway closes its connection to the backend, and Node throws away the body that it has.
      const body = read.complete ? read.body : behindAnswer(bytes, method, passed) ? passed.body : null
      const [own, node] = [JSON.stringify(endToEnd(passed)), JSON.stringify(endToEnd({ ...read, body }))]
      if (own !== node) return `passed on as ${own}, Node: ${node}`
    }
    this.#pieces = [marker]
    const next = await this.#ask('GET')
    return next?.body === 'marker' ? null : `the next exchange got ${JSON.stringify(next)}`
  }

  async stop(): Promise<void> {
    await this.#local.stop()
    this.#backend.close()
    await once(this.#backend, 'close')
  }

  /** The backend's answer as a client of the gateway gets it; null where it is refused or cut. */
  async #ask(method: 'GET' | 'HEAD'): Promise<Read | null> {
    const client = await Client.connect(this.#local.port)
    const second = new SecondParser('RESPONSE', () => method === 'HEAD')
    client.socket.on('data', (chunk: Buffer) => second.push(chunk))
    let answer: Answer
    try {
      answer = await client.request(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`)
    } catch {
      return null
    } finally {
      await client.destroy()
    }
    const meant = [...answer.interim, answer.message].map(asRead)
    this.#second = second.error ?? differs(second.messages, meant)
    const { status, message } = answer
    if (message.values('Content-Type').includes('application/problem+json')) return null
    return { status, fields: message.fields, body: message.body.toString('latin1') }
  }

  /** One piece after another, so that they are read one by one. */
  async #answer(socket: Socket): Promise<void> {
    const pieces = this.#pieces
    for (const piece of pieces) {
      socket.write(piece, 'latin1')
      if (pieces.length > 1) await new Promise(setImmediate)
    }
    socket.end()
  }

  #readByNode(method: string): Promise<(Read & { readonly complete: boolean }) | null> {
    return new Promise((resolve) => {
      const { port } = this.#backend.address() as AddressInfo
      const asking = nodeRequest({ host: '127.0.0.1', port, method, agent: false, insecureHTTPParser: false }, (response) => {
        const { statusCode: status = 0, rawHeaders } = response
        const fields = rawHeaders.flatMap((name, index): Field[] => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : []))
        let body = ''
        response.setEncoding('latin1')
        response.on('data', (text: string) => {
          body += text
        })
        response.on('error', () => {})
        response.on('close', () => resolve({ status, fields, body, complete: response.complete }))
      })
      // An error behind the head comes to the response, too.
      asking.on('error', () => setImmediate(() => resolve(null)))
      asking.on('upgrade', (_response, socket) => {
        socket.destroy()
        resolve(null)
      })
      asking.end()
    })
  }
}

function asRead({ startLine, fields, body }: Message): ReadMessage {
  return { start: startLine.slice(9, 12), fields, body: body.toString('latin1') }
}

/** Whether something follows the answer that was passed on, in an answer that has no body or one of a certain length. */
function behindAnswer(bytes: string, method: string, { status, body }: Read): boolean {
  const final = bytes.replace(/^(?:HTTP\/1\.1 1.*?\r\n\r\n)+/s, '')
  const behindHead = final.slice(final.indexOf('\r\n\r\n') + 4)
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304
  return behindHead.startsWith(hasBody ? (body ?? '') : '') && behindHead.length > (hasBody ? (body ?? '').length : 0)
}

const forThisHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'transfer-encoding',
  'content-length',
  'x-request-id',
  'date',
]

/** Without what is for one hop only, or listed by Connection, or made by the gateway; `_` is as good as `-`. */
function endToEnd({ status, fields, body }: Read): Read {
  const listed = fields
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.toLowerCase().split(/[ \t]*,[ \t]*/))
  const kept = fields.filter(
    ([name]) => !forThisHop.includes(name.toLowerCase().replaceAll('_', '-')) && !listed.includes(name.toLowerCase()),
  )
  return { status, fields: kept, body }
}
