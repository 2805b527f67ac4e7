/**
 * HTTP/2 clients in raw frames. Whatever they send: what the backend gets is well-formed HTTP/1.1, to a second parser too; it is a request that
 * was sent, with that method, those fields and that content and none else; requests in order are answered; and nothing is left behind.
 */
import { setImmediate, setTimeout } from 'node:timers/promises'
import { OpenGateway } from '../attack/http/open-gateway.ts'
import type { Random } from '../random.ts'
import type { BackendRequest } from '../wire/backend.ts'
import { Http2WireClient } from '../wire/http2-client.ts'
import { flags, frame, frameTypes, preface, settings, uint32 } from '../wire/http2-frames.ts'
import { nothingLeft } from '../wire/nothing-left.ts'
import { type Http2Connection, type Http2Request, makeHttp2 } from './generate-http2.ts'
import type { Player } from './plays.ts'
import { giveAnswer, isContentFor } from './scenario-answers.ts'
import { SecondParser } from './second-parser.ts'

/** Only a gateway that has forgotten a stream takes as long; no answer in order comes near it. */
const patience = 10_000

const initialWindow = 4
const mostWindow = 2 ** 31 - 1

/** What the gateway says to a backend of its own, whatever the client says. */
const added = new Set(['host', 'via', 'forwarded', 'x-request-id', 'content-length', 'transfer-encoding', 'cookie', 'te'])

export class Http2Play implements Player {
  readonly #gateway: OpenGateway
  #second: Map<number, SecondParser> = new Map()

  private constructor(gateway: OpenGateway) {
    this.#gateway = gateway
    gateway.backend.onBytes = (connection, chunk) => {
      const parser = this.#second.get(connection) ?? new SecondParser('REQUEST')
      this.#second.set(connection, parser)
      parser.push(chunk)
    }
  }

  static async start(): Promise<Http2Play> {
    return new Http2Play(await OpenGateway.start())
  }

  async play(random: Random, prefix: string): Promise<string | null> {
    const { backend, local } = this.#gateway
    backend.requests.length = 0
    this.#second = new Map()
    local.forgetLog()
    const connection = makeHttp2(random, prefix)
    backend.handler = (request) => {
      const planned = connection.requests.find(({ name }) => name === request.field('x-fuzz'))
      return planned === undefined ? request.respond('fine') : giveAnswer(request, planned.name, planned.answer)
    }
    try {
      const unanswered = await this.#send(connection, random)
      await nothingLeft(local, backend, { backends: 16 })
      const wrong = this.#wrongAtBackend(connection)
      const next = await this.#gateway.ask('GET /next HTTP/1.1\r\nHost: a\r\n\r\n')
      if (next.message.text !== 'fine') return `the next request got ${next.status}`
      const bug = local.log.text.match(/"event":"bug".*/)?.[0]
      return unanswered ?? wrong ?? backend.failure?.message ?? bug ?? null
    } catch (error) {
      return String(error)
    }
  }

  async stop(): Promise<void> {
    await this.#gateway.stop()
  }

  async #send({ frames, requests, hasty, mutated }: Http2Connection, random: Random): Promise<string | null> {
    const client = await Http2WireClient.connect(this.#gateway.port)
    client.send(preface, settings([initialWindow, mostWindow]), frame(frameTypes.windowUpdate, 0, 0, uint32(mostWindow - 65_535)))
    const bytes = Buffer.concat(frames)
    const cut = random.below(bytes.length + 1)
    client.send(bytes.subarray(0, cut))
    if (random.onceIn(2)) await setImmediate()
    client.send(bytes.subarray(cut))
    let unanswered: string | null = null
    if (hasty) for (let turn = random.below(10); turn > 0; turn--) await setImmediate()
    else unanswered = await answered(client, requests)
    client.destroy()
    return unanswered ?? (mutated ? null : wrongAnswer(client, requests))
  }

  #wrongAtBackend({ requests, mutated }: Http2Connection): string | null {
    const seen = this.#gateway.backend.requests
    for (const [connection, { error, messages }] of this.#second) {
      const own = seen.filter((request) => request.connection === connection && request.message.complete)
      const read = messages.splice(0).map(({ start, body }) => `${start} ${body}`)
      const meant = own.map(({ method, target, message }) => `${method} ${target} ${message.body.toString('latin1')}`)
      if (error !== null) return `the second parser: ${error}`
      if (read.join('\n') !== meant.join('\n')) return `the second parser reads ${JSON.stringify(read)}, not ${JSON.stringify(meant)}`
    }
    if (mutated) return null
    const times = new Map<string, number>()
    for (const request of seen) {
      const id = request.field('x-fuzz') ?? ''
      times.set(id, (times.get(id) ?? 0) + 1)
      if (times.get(id)! > (['POST', 'PATCH'].includes(request.method) ? 1 : 2)) return `the backend got ${id} ${times.get(id)} times`
      const wrong = differsFrom(
        request,
        requests.find(({ fields }) => fields.some(([name, value]) => name === 'x-fuzz' && value === id)),
      )
      if (wrong !== null) return `${id}: ${wrong}`
    }
    return null
  }
}

/** Resolves when all requests in order are answered, or the connection is closed. */
async function answered(client: Http2WireClient, requests: readonly Http2Request[]): Promise<string | null> {
  const late = setTimeout(patience, 'late', { ref: false })
  const open = new Set(requests.filter(({ usual }) => usual).map(({ stream }) => stream))
  client.send(frame(frameTypes.ping, 0, 0, Buffer.alloc(8, 'z')))
  for (;;) {
    for (const { type, flags: set, stream } of client.frames) {
      const ends = (type === frameTypes.data || type === frameTypes.headers) && (set & flags.endStream) !== 0
      if (ends || type === frameTypes.resetStream) open.delete(stream)
    }
    const pinged = client.frames.some(({ type, payload }) => type === frameTypes.ping && payload.toString() === 'zzzzzzzz')
    if (client.closed || (open.size === 0 && pinged)) return null
    if ((await Promise.race([client.next(), late])) === 'late') return `streams ${[...open].join(', ')} are not answered`
  }
}

/** What is wrong with an answer that is whole: it is what the backend said to that request, or a refusal. */
function wrongAnswer(client: Http2WireClient, requests: readonly Http2Request[]): string | null {
  for (const { stream, name, answer, fields } of requests) {
    const frames = client.frames.filter((candidate) => candidate.stream === stream)
    const data = frames.filter(({ type }) => type === frameTypes.data)
    if (!frames.some(({ type, flags: set }) => (type === frameTypes.data || type === frameTypes.headers) && (set & flags.endStream) !== 0))
      continue
    const content = Buffer.concat(data.map(({ payload }) => payload)).toString('latin1')
    const isHead = fields.some(([own, value]) => own === ':method' && value === 'HEAD')
    // How gRPC ends, whole or not, is said by a status behind the content.
    const isGrpc = fields.some(([own]) => own === 'content-type')
    const isRefusal = content.startsWith('{') && content.includes('"status"')
    const fits = isContentFor(name, content, isGrpc ? { ...answer, form: 'until-close', cutAt: 0 } : answer)
    if (!fits && !isRefusal && !(isHead && content === ''))
      return `${name} got ${content.length} bytes, ${JSON.stringify(content.slice(0, 100))}, of ${JSON.stringify(answer)}`
  }
  return null
}

/** Whether the request has anything that was not sent. */
function differsFrom(request: BackendRequest, sent: Http2Request | undefined): string | null {
  if (sent === undefined) return 'nobody sent it'
  const { fields, content } = sent
  const value = (wanted: string): string | undefined => fields.find(([name]) => name === wanted)?.[1]
  if (value(':method') !== request.method) return `method ${request.method}`
  const body = request.message.body.toString('latin1')
  if (request.message.complete ? body !== content : !content.startsWith(body)) return `another body: ${JSON.stringify(body)}`
  for (const [name, text] of request.fields) {
    const lower = name.toLowerCase()
    if (added.has(lower) || lower.startsWith('x-forwarded-')) continue
    if (!fields.some(([own, given]) => own === lower && given.trim() === text)) return `the field ${JSON.stringify([name, text])}`
  }
  return null
}
