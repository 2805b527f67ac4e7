/**
 * Backends that speak HTTP/2 in raw frames, in order and not. Whatever they send: every client gets a well-formed answer, or sees that it is
 * cut; no two get what one stream said; what the gateway writes a second parser reads as the same; and nothing is left behind.
 */
import { setImmediate, setTimeout } from 'node:timers/promises'
import { RawHttp2Backend, type RawHttp2Connection } from '../attack/http2-backend/raw-http2-backend.ts'
import { Random } from '../random.ts'
import { Client } from '../wire/client.ts'
import { LocalGateway } from '../wire/gateway.ts'
import { flags, frame, frameTypes, headerBlock } from '../wire/http2-frames.ts'
import { nothingLeft } from '../wire/nothing-left.ts'
import { planOf } from '../wire/plan.ts'
import type { Player } from './plays.ts'
import { SecondParser } from './second-parser.ts'

/** Only an exchange that has been forgotten takes as long. */
const patience = 10_000

type Fields = readonly (readonly [string, string])[]

const usualFields: Fields = [
  ['content-type', 'text/plain'],
  ['set-cookie', 'a=b'],
  ['set-cookie', 'c=d'],
  ['x-empty', ''],
  ['x-latin', '\xe9'],
  ['date', 'Thu, 01 Jan 2026 00:00:00 GMT'],
]
const oddFields: Fields = [
  ['connection', 'close'],
  ['transfer-encoding', 'chunked'],
  ['content-length', '5'],
  ['content-length', '0'],
  ['content-length', '+1'],
  ['x', 'a\r\nx-smuggled: y'],
  ['x', 'a\nb'],
  ['x', 'a\0b'],
  ['X-Upper', 'y'],
  ['x y', 'z'],
  ['x\r\ny', 'z'],
  [':path', '/'],
  [':status', '200'],
  ['', 'y'],
]

export class Http2BackendPlay implements Player {
  readonly #backend: RawHttp2Backend
  readonly #local: LocalGateway

  private constructor(backend: RawHttp2Backend, local: LocalGateway) {
    this.#backend = backend
    this.#local = local
  }

  static async start(): Promise<Http2BackendPlay> {
    const backend = await RawHttp2Backend.start(() => {})
    const operations = (['GET', 'POST', 'HEAD'] as const).map((method) => ({ method, template: '/{a}' }))
    const upstreams = [{ ...planOf([backend.url], { operations }).upstreams[0]!, http: '2' as const }]
    return new Http2BackendPlay(backend, await LocalGateway.start(planOf([backend.url], { operations, upstreams })))
  }

  async play(random: Random, prefix: string): Promise<string | null> {
    this.#local.forgetLog()
    const seed = random.below(2 ** 31)
    this.#backend.handler = (connection, stream, count) => void answer(connection, stream, new Random(seed + count), `${prefix}-${count}`)
    const late = setTimeout(patience, 'an exchange has been forgotten', { ref: false })
    try {
      const plans = Array.from({ length: 1 + random.below(4) }, () => random.pick(['GET', 'GET', 'POST', 'HEAD'] as const))
      const told = await Promise.race([Promise.all(plans.map((method) => this.#ask(method, random.below(20)))), late])
      if (typeof told === 'string') return told
      const wrong = told.find((one) => one.wrong !== null)?.wrong
      const contents = told.map(({ content }) => content).filter((content) => content !== '')
      if (new Set(contents).size < contents.length) return `one answer for two: ${JSON.stringify(contents)}`
      await nothingLeft(this.#local, { open: 0 })
      const bug = this.#local.log.text.match(/"event":"bug".*/)?.[0]
      this.#backend.handler = (connection, stream) => {
        connection.headers(stream, [[':status', '200']])
        connection.data(stream, 'fine', true)
      }
      // A connection that is just being given up may cost one more request, and no second.
      const next = [await this.#ask('GET', -1), await this.#ask('GET', -1)]
      return wrong ?? bug ?? (next.some(({ content }) => content === 'fine') ? null : 'the next request got no answer')
    } catch (error) {
      return String(error)
    }
  }

  async stop(): Promise<void> {
    await this.#local.stop()
    await this.#backend.stop()
  }

  /** `leavesAfter`: the client goes away after so many turns, where it is a small number. */
  async #ask(method: string, leavesAfter: number): Promise<{ readonly wrong: string | null; readonly content: string }> {
    const client = await Client.connect(this.#local.port)
    const second = new SecondParser('RESPONSE', () => method === 'HEAD')
    client.socket.on('data', (chunk: Buffer) => second.push(chunk))
    const body = method === 'POST' ? 'Content-Length: 5\r\n\r\nhello' : '\r\n'
    const asked = client.request(`${method} /a HTTP/1.1\r\nHost: a\r\n${body}`)
    if (leavesAfter >= 0 && leavesAfter < 5) {
      asked.catch(() => {})
      for (let turn = 0; turn < leavesAfter; turn++) await setImmediate()
      await client.destroy()
      return { wrong: null, content: '' }
    }
    try {
      const { message } = await asked
      const read = second.messages.at(-1)
      const same = second.error === null && read?.body === message.body.toString('latin1') && read.fields.length === message.fields.length
      const smuggled = message.values('x-smuggled').length > 0
      const isOwn = !message.values('Content-Type').includes('application/problem+json')
      return {
        wrong: smuggled ? 'a field was smuggled in' : same ? null : `the second parser reads ${JSON.stringify(read)}`,
        content: isOwn ? message.text : '',
      }
    } catch (error) {
      const text = String(error)
      return { wrong: /closed/.test(text) ? null : text, content: '' }
    } finally {
      await client.destroy()
    }
  }
}

/** In order, or with one thing or another that is not; at last the stream is ended in some way. */
async function answer(connection: RawHttp2Connection, stream: number, random: Random, name: string): Promise<void> {
  const odd = random.onceIn(2)
  const oddly = (rarity: number): boolean => odd && random.onceIn(rarity)
  const write = (bytes: Buffer): void => {
    if (connection.socket.destroyed) return
    const changed = Buffer.from(bytes)
    if (oddly(12)) changed[random.below(changed.length)] = random.below(256)
    connection.socket.write(oddly(30) ? changed.subarray(0, random.below(changed.length)) : changed)
  }
  const headers = (fields: Fields, ended: boolean): void =>
    write(frame(frameTypes.headers, flags.endHeaders | (ended ? flags.endStream : 0), stream, headerBlock(fields)))
  for (let turn = random.below(4); turn > 0; turn--) await setImmediate()
  if (random.onceIn(5))
    headers(
      [
        [':status', random.pick(['100', '103', '103', '101'])],
        ['link', '</a>'],
      ],
      oddly(4),
    )
  const fields: (readonly [string, string])[] = [[':status', oddly(8) ? random.pick(['99', '600', '2x', '', '204', '304']) : '200']]
  for (let count = random.below(4); count > 0; count--) fields.push(oddly(3) ? random.pick(oddFields) : random.pick(usualFields))
  if (oddly(10)) fields.reverse()
  if (!oddly(15)) headers(fields, oddly(10))
  for (let count = random.below(4); count > 0; count--) {
    if (oddly(8))
      write(
        frame(
          random.below(12),
          random.below(256),
          random.pick([0, stream, stream + 2, 2]),
          Buffer.alloc(random.below(30), random.below(256)),
        ),
      )
    write(frame(frameTypes.data, 0, stream, Buffer.from(`${name}|`.repeat(random.pick([1, 10, 1500])))))
    if (random.onceIn(3)) await setImmediate()
  }
  switch (odd ? random.below(6) : 5) {
    case 0:
      connection.reset(stream, random.below(14))
      break
    case 1:
      connection.goaway(random.pick([0, stream, 2 ** 31 - 1]), random.below(14))
      break
    case 2:
      connection.socket.resetAndDestroy()
      break
    case 3:
      headers([['x-trailer', 'y'], oddly(2) ? random.pick(oddFields) : ['grpc-status', '0']], true)
      break
    default:
      write(frame(frameTypes.data, flags.endStream, stream, Buffer.from(`${name}.`)))
  }
  if (!odd) return
  // Whatever became of it, nobody has to wait until the answer is out of time.
  await setImmediate()
  connection.socket.destroy()
}
