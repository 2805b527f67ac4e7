/** A watch over gRPC. Its messages are those of etcd's rpc.proto and kv.proto. */
import type { ClientHttp2Stream } from 'node:http2'
import { ServiceError } from '../calls/service-error.ts'
import type { KeyValue } from './etcd-page.ts'
import { framed, type GrpcSession, prefixBytes } from './grpc-session.ts'
import { bytesField, fieldsIn, numberField, numberIn, type ProtobufField } from './protobuf.ts'
import type { Watch } from './watch.ts'
import type { WatchEvent, WatchMessage } from './watch-message.ts'

/** Bytes of one message. */
const largestMessage = 32 * 1024 * 1024

const path = '/etcdserverpb.Watch/Watch'

export class GrpcWatch implements Watch {
  readonly #session: GrpcSession
  #stream: ClientHttp2Stream | null = null

  constructor(session: GrpcSession) {
    this.#session = session
  }

  /** The session ends with it. */
  async run(from: string, end: string, revision: number, signal: AbortSignal, received: (message: WatchMessage) => void): Promise<void> {
    const close = (): void => this.#session.close()
    signal.addEventListener('abort', close)
    try {
      if (signal.aborted) return
      const stream = this.#session.call(path)
      this.#stream = stream
      // Whoever reads it is told; who writes to it may come too late.
      stream.on('error', () => {})
      const create = [bytesField(1, Buffer.from(from)), bytesField(2, Buffer.from(end)), numberField(3, revision), numberField(6, 1)]
      stream.write(framed(bytesField(1, Buffer.concat(create))))
      for await (const message of messagesIn(stream)) {
        const said = watchMessage(message)
        if (said !== null) received(said)
      }
    } catch (error) {
      throw error instanceof ServiceError ? error : new ServiceError('connect')
    } finally {
      signal.removeEventListener('abort', close)
      this.#stream = null
      close()
    }
  }

  readonly askProgress = (): void => {
    this.#stream?.write(framed(bytesField(3, Buffer.alloc(0))))
  }
}

async function* messagesIn(stream: ClientHttp2Stream): AsyncIterable<Buffer> {
  let rest = Buffer.alloc(0)
  let pieces: Buffer[] = []
  let size = 0
  // Without an encoding set, a stream of bytes gives Buffers.
  for await (const piece of stream as AsyncIterable<Buffer>) {
    pieces.push(piece)
    size += piece.length
    const needed = rest.length >= prefixBytes ? prefixBytes + rest.readUInt32BE(1) : prefixBytes
    if (rest.length + size < needed) continue
    rest = Buffer.concat([rest, ...pieces])
    pieces = []
    size = 0
    while (rest.length >= prefixBytes) {
      const end = prefixBytes + rest.readUInt32BE(1)
      if (rest[0] !== 0) throw new ServiceError('protocol')
      if (end > largestMessage) throw new ServiceError('too-large')
      if (rest.length < end) break
      yield rest.subarray(prefixBytes, end)
      rest = rest.subarray(end)
    }
  }
}

/** `null` for a message that says nothing. */
function watchMessage(message: Buffer): WatchMessage | null {
  const parts: Partial<Record<number, ProtobufField>> = {}
  const events: WatchEvent[] = []
  for (const [number, value] of fieldsIn(message)) {
    const event = number === eventsField && typeof value === 'object' ? watchEvent(value) : null
    if (event !== null) events.push(event)
    else parts[number] = value
  }
  const { 1: header, 3: created, 4: canceled, 5: compacted } = parts
  if (numberIn(compacted) > 0) return { kind: 'compacted' }
  if (numberIn(canceled) === 1) return { kind: 'cancelled' }
  if (numberIn(created) === 1) return { kind: 'created' }
  if (events.length > 0) return { kind: 'events', revision: Math.max(...events.map(({ revision }) => revision)), events }
  const revision = typeof header === 'object' ? numberIn(new Map(fieldsIn(header)).get(3)) : 0
  return revision === 0 ? null : { kind: 'progress', revision }
}

const eventsField = 11

function watchEvent(event: Buffer): WatchEvent | null {
  const fields = new Map(fieldsIn(event))
  const written = pairIn(fields.get(2))
  if (written === null) return null
  const before = pairIn(fields.get(3))
  const deleted = numberIn(fields.get(1)) === 1
  const { key, value } = deleted && before !== null ? before : written
  return { deleted, created: written.version === 1, revision: written.revision, pair: { key, value }, before }
}

function pairIn(field: ProtobufField | undefined): (KeyValue & { readonly revision: number; readonly version: number }) | null {
  if (typeof field !== 'object') return null
  const fields = new Map(fieldsIn(field))
  const key = fields.get(1)
  const value = fields.get(5)
  if (typeof key !== 'object') return null
  return {
    key: key.toString('utf8'),
    value: typeof value === 'object' ? value.toString('utf8') : '',
    revision: numberIn(fields.get(3)),
    version: numberIn(fields.get(4)),
  }
}
