/**
 * Ranges of keys over gRPC, etcd's own protocol, for whoever reads all there is: etcd's HTTP gateway would spend three times as much on making
 * JSON of them. Its few messages are those of etcd's rpc.proto and kv.proto.
 */
import type { ClientHttp2Stream } from 'node:http2'
import { ServiceError } from '../calls/service-error.ts'
import type { KeyValue, Page } from './etcd-page.ts'
import { framed, type GrpcSession, prefixBytes } from './grpc-session.ts'
import { bytesField, fieldsIn, numberField, numberIn, type ProtobufField } from './protobuf.ts'

/** Milliseconds for an answer. */
const patience = 5_000

/** Bytes of an answer. */
const largestPage = 32 * 1024 * 1024

const path = '/etcdserverpb.KV/Range'

export class GrpcRanges {
  readonly #session: GrpcSession

  constructor(session: GrpcSession) {
    this.#session = session
  }

  close(): void {
    this.#session.close()
  }

  /** As that of the HTTP gateway, from a key's bytes on; `null` where this call is not known there. Rejects with a ServiceError. */
  async range(from: Buffer, end: string, revision: number, limit: number): Promise<Page | null> {
    const message = Buffer.concat([
      bytesField(1, from),
      bytesField(2, Buffer.from(end)),
      numberField(3, limit),
      ...(revision === 0 ? [] : [numberField(4, revision)]),
    ])
    const answer = await this.#ask(framed(message))
    return answer === null ? null : readPage(answer)
  }

  async #ask(body: Buffer): Promise<Buffer | null> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer | null>()
    const stream = this.#session.call(path)
    const timer = setTimeout(() => failed('timeout'), patience)
    const failed = (reason: ServiceError['reason']): void => {
      reject(new ServiceError(reason))
      stream.close()
    }
    let isGrpc = false
    let status: string | null = null
    stream.on('response', (head) => {
      isGrpc = head[':status'] === 200 && String(head['content-type']).startsWith('application/grpc')
      status = wordIn(head['grpc-status'])
    })
    stream.on('trailers', (trailers) => {
      status = wordIn(trailers['grpc-status'])
    })
    stream.on('error', () => failed('connect'))
    stream.on('close', () => {
      clearTimeout(timer)
      // One that is reset without an error has no end.
      reject(new ServiceError('connect'))
    })
    collect(stream, () => failed('too-large')).then((answer) => {
      if (!isGrpc || status === unimplemented) return resolve(null)
      if (status !== '0') return failed('protocol')
      resolve(answer)
    })
    stream.end(body)
    return await promise
  }
}

/** Where the call is not known: it is something else than etcd, or stands before it. */
const unimplemented = '12'

/** Resolves with the one message at its end, or what there was of it. */
function collect(stream: ClientHttp2Stream, tooLarge: () => void): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  stream.on('data', (piece: Buffer) => {
    size += piece.length
    if (size > largestPage) return tooLarge()
    pieces.push(piece)
  })
  return new Promise((resolve) => {
    stream.on('end', () => resolve(Buffer.concat(pieces)))
  })
}

function readPage(answer: Buffer): Page {
  const length = answer.length < prefixBytes ? -1 : answer.readUInt32BE(1)
  if (answer[0] !== 0 || length !== answer.length - prefixBytes) throw new ServiceError('protocol')
  const message = answer.subarray(prefixBytes)
  let header: ReadonlyMap<number, ProtobufField> = new Map()
  let last: Buffer | null = null
  let more = false
  let count = 0
  for (const [number, value] of fieldsIn(message)) {
    if (number === 1 && typeof value === 'object') header = new Map(fieldsIn(value))
    else if (number === pairsField && typeof value === 'object') last = value
    else if (number === 3) more = numberIn(value) === 1
    else if (number === 4) count = numberIn(value)
  }
  return {
    cluster: String(header.get(1)),
    revision: numberIn(header.get(3)),
    term: numberIn(header.get(4)),
    pairs: eachPair(message),
    lastKey: last === null ? Buffer.alloc(0) : keyOf(last),
    more,
    count,
  }
}

const pairsField = 2

function* eachPair(message: Buffer): Iterable<KeyValue> {
  for (const [number, pair] of fieldsIn(message)) {
    if (number !== pairsField || typeof pair !== 'object') continue
    let [key, value] = ['', '']
    for (const [part, field] of fieldsIn(pair)) {
      if (typeof field !== 'object') continue
      if (part === 1) key = field.toString('utf8')
      else if (part === 5) value = field.toString('utf8')
    }
    yield { key, value }
  }
}

function keyOf(pair: Buffer): Buffer {
  for (const [number, field] of fieldsIn(pair)) if (number === 1 && typeof field === 'object') return field
  throw new ServiceError('protocol')
}

function wordIn(field: string | string[] | undefined): string | null {
  return typeof field === 'string' ? field : null
}
