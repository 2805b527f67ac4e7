/** One request and its whole answer, by Node's own client, whose parser is strict. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { pieces } from './payload.ts'
import type { World } from './world.ts'

export type Asked = {
  readonly method?: string
  readonly path: string
  readonly token?: string
  readonly upload?: {
    readonly bytes: number
    readonly framing: 'length' | 'chunked'
    /** Milliseconds between two bytes, for those who send them one by one. */
    readonly slowness?: number
  }
  /** On a connection of its own; else mostly on one that is kept. */
  readonly fresh?: boolean
  /** Milliseconds between pieces that are taken of the answer. */
  readonly slowness?: number
}

export type Got = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly length: number
  /** SHA-256 of the body, in hex. */
  readonly digest: string
  /** The start of the body. */
  readonly text: string
}

/** Longer than any bound of the gateway: who waits that long was forgotten. */
const patience = 60_000

const requestIds = /^[\w-]{16,64}$/

/** Rejects where the answer does not come whole. Each answer must carry a request id. */
export async function exchange(world: World, asked: Asked): Promise<Got> {
  const { method = 'GET', path, token, upload } = asked
  const door = world.random.pick(world.doors)
  const agent = asked.fresh === true || world.random.onceIn(5) ? door.fresh : door.keeping
  const headers: Record<string, string | number> = {}
  if (token !== undefined) headers.authorization = `Bearer ${token}`
  if (upload?.framing === 'length') headers['content-length'] = upload.bytes
  if (upload?.framing === 'chunked') headers['transfer-encoding'] = 'chunked'
  const outgoing = door.request({ host: '127.0.0.1', port: door.port, method, path, headers, agent })
  outgoing.setTimeout(patience, () => outgoing.destroy(new Error(`no answer in ${patience} ms`)))
  // What breaks after the answer has begun shows in the answer; before it, `answered` rejects.
  outgoing.on('error', () => {})
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  for (const piece of pieces(upload?.bytes ?? 0)) {
    if (upload?.slowness === undefined) outgoing.write(piece)
    else await trickle(outgoing, piece, upload.slowness)
  }
  outgoing.end()
  const [response] = await answered
  return readAnswer(response, asked.slowness ?? 0)
}

async function trickle(outgoing: ClientRequest, piece: Buffer, milliseconds: number): Promise<void> {
  for (const byte of piece) {
    outgoing.write(Buffer.from([byte]))
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
  }
}

async function readAnswer(response: IncomingMessage, slowness: number): Promise<Got> {
  const hash = createHash('sha256')
  let length = 0
  let text = ''
  for await (const piece of response) {
    const bytes = piece as Buffer
    hash.update(bytes)
    length += bytes.length
    if (text.length < 4096) text += bytes.toString('latin1', 0, 4096)
    if (slowness > 0) await new Promise((resolve) => setTimeout(resolve, slowness))
  }
  const id = response.headers['x-request-id']
  assert.match(typeof id === 'string' ? id : '', requestIds, 'the answer has no request id')
  return { status: response.statusCode ?? 0, headers: response.headers, length, digest: hash.digest('hex'), text }
}

/** That the answer to a request that was forwarded is the one to this request: the backend saw the request id that the client has. */
export function assertForwarded(got: Got): void {
  assert.equal(got.status, 200, got.text)
  assert.equal(got.headers['x-seen-request-id'], got.headers['x-request-id'], 'the answer of another request')
}

/** That the gateway refused, with this status and a body that says so. */
export function assertRefused(got: Got, status: number): void {
  assert.equal(got.status, status, got.text)
  assert.equal(got.headers['content-type'], 'application/problem+json')
  assert.equal((JSON.parse(got.text) as { status?: unknown }).status, status)
}
