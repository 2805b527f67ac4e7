/** Makes connections of HTTP/2 clients: header lists with what is usual and what is odd, content, trailers, and bytes changed at random. */
import type { Random } from '../random.ts'
import { flags, frame, frameTypes, headerBlock, settings, uint32 } from '../wire/http2-frames.ts'
import { makeAnswer, type ScenarioAnswer } from './generate-scenario.ts'
import * as pieces from './request-pieces.ts'

type Fields = readonly (readonly [string, string])[]

export type Http2Request = {
  readonly stream: number
  readonly fields: Fields
  readonly content: string
  /** Unlike that of any other request. */
  readonly name: string
  readonly answer: ScenarioAnswer
  /** Nothing of it is odd: it must be answered. */
  usual: boolean
}

export type Http2Connection = {
  readonly frames: readonly Buffer[]
  readonly requests: readonly Http2Request[]
  /** Bytes were changed: which requests there are is anybody's guess. */
  readonly mutated: boolean
  /** It is gone without waiting. */
  readonly hasty: boolean
}

const oddPseudo: Fields = [
  [':path', '/'],
  [':scheme', 'ftp'],
  [':status', '200'],
  [':protocol', 'websocket'],
  [':', ''],
  [':method', 'POST'],
]
const forThisHop: Fields = [
  ['connection', 'close'],
  ['transfer-encoding', 'chunked'],
  ['upgrade', 'h2c'],
  ['te', 'gzip'],
  ['te', 'trailers'],
  ['keep-alive', 'timeout=5'],
]
const usualFields: Fields = [
  ['x-a', 'b'],
  ['accept', '*/*'],
  ['cookie', 'a=b'],
  ['cookie', 'c=d'],
  ['x-empty', ''],
  ['x-latin', '\xe9'],
  ['content-type', 'application/grpc'],
  ['x-forwarded-for', '6.6.6.6'],
  ['x_request_id', 'forged'],
]
const oddFields: Fields = [
  ['X-Upper', 'y'],
  ['x y', 'z'],
  ['', 'y'],
  ['x', 'a\rb'],
  ['x', 'a\nb'],
  ['x', 'a\r\ntransfer-encoding: chunked'],
  ['x', 'a\0b'],
  ['x\r\ny', 'z'],
  ['x:y', 'z'],
  ['x', ' y '],
  ['x', '\x7f'],
  ['host', 'evil'],
  ['host', 'a'],
  ['content-length', '5'],
  ['content-length', '+5'],
  ['content_length', '5'],
  ['content-length', '0'],
  ['expect', '100-continue'],
  ['authorization', 'a'],
  ['\xe9', 'y'],
]

export function makeHttp2(random: Random, prefix: string): Http2Connection {
  const frames: Buffer[] = []
  const requests: Http2Request[] = []
  const odd = random.onceIn(2)
  let calm = true
  for (let stream = 1; stream < 2 * (1 + random.below(6)); stream += 2) {
    const request = makeRequest(random, stream, `${prefix}-${stream}`, odd)
    requests.push(request)
    frames.push(...framesOf(random, request))
    if (odd && random.onceIn(4)) {
      frames.push(oddFrame(random, stream))
      // It may take a stream back, or the room for its answer.
      for (const other of requests) other.usual = false
      calm = false
    }
    if (!calm) request.usual = false
  }
  const mutated = random.onceIn(4)
  return { frames: mutated ? frames.map((bytes) => changed(random, bytes)) : frames, requests, mutated, hasty: mutated || random.onceIn(5) }
}

function makeRequest(random: Random, stream: number, id: string, odd: boolean): Http2Request {
  let usual = true
  const pick = <T>(ordinary: readonly T[], unusual: readonly T[], rarity: number): T => {
    if (!odd || !random.onceIn(rarity)) return random.pick(ordinary)
    usual = false
    return random.pick(unusual)
  }
  const method = pick(pieces.methods, pieces.oddMethods, 10)
  const path = `/${pick(pieces.segments, pieces.oddSegments, 6)}${pick(pieces.queries, pieces.oddQueries, 10)}`
  const fields: (readonly [string, string])[] = [
    [':method', method],
    [':scheme', pick(['http', 'https'], ['ftp', '', 'ht tp'], 20)],
    [':authority', pick(['a', 'example.com', '[::1]:80'], ['', 'u@a', 'a b', 'a/b', 'a,b', '\0'], 12)],
    [':path', pick([path], ['', '*', 'a', '//', `http://a${path}`], 20)],
  ]
  fields.push(['x-fuzz', id])
  for (let count = random.below(4); count > 0; count--) fields.push(pick(usualFields, [...oddFields, ...forThisHop], 4))
  if (odd && random.onceIn(10)) {
    usual = false
    fields.splice(random.below(fields.length + 1), random.below(2), random.pick(oddPseudo))
  }
  const content = ['GET', 'HEAD'].includes(method) ? '' : `${id}|`.repeat(random.pick([0, 1, 10, 2000]))
  return { stream, fields, content, name: id, answer: makeAnswer(random), usual }
}

function framesOf(random: Random, { stream, fields, content }: Http2Request): readonly Buffer[] {
  const block = headerBlock(fields)
  const trailers = content !== '' && random.onceIn(3)
  const ended = content === ''
  const cut = random.onceIn(3) ? random.below(block.length + 1) : block.length
  const end = ended ? flags.endStream : 0
  const frames: Buffer[] =
    cut === block.length
      ? [frame(frameTypes.headers, end | flags.endHeaders, stream, block)]
      : [
          frame(frameTypes.headers, end, stream, block.subarray(0, cut)),
          frame(frameTypes.continuation, flags.endHeaders, stream, block.subarray(cut)),
        ]
  for (let at = 0; at < content.length; ) {
    const length = 1 + random.below(Math.min(content.length - at, 16_000))
    at += length
    const last = at === content.length && !trailers
    frames.push(frame(frameTypes.data, last ? flags.endStream : 0, stream, Buffer.from(content.slice(at - length, at), 'latin1')))
  }
  if (trailers) frames.push(frame(frameTypes.headers, flags.endHeaders | flags.endStream, stream, headerBlock([['x-trailer', 'y']])))
  return frames
}

/** Of any type and stream, or a reset, or a goodbye, or one that should not be there. */
function oddFrame(random: Random, stream: number): Buffer {
  switch (random.below(8)) {
    case 0:
      return frame(frameTypes.resetStream, 0, stream, uint32(random.below(14)))
    case 1:
      return frame(frameTypes.windowUpdate, 0, random.pick([0, stream]), uint32(random.pick([0, 1, 2 ** 31 - 1])))
    case 2:
      return settings([random.below(10), random.below(2 ** 20)])
    case 3:
      return frame(frameTypes.data, random.below(16), stream, Buffer.from('late'))
    case 4:
      return frame(frameTypes.ping, 0, 0, Buffer.alloc(8))
    case 5:
      return frame(frameTypes.goaway, 0, 0, Buffer.concat([uint32(random.below(8)), uint32(random.pick([0, 0, random.below(14)]))]))
    case 6:
      // On a stream that there is not, or not yet, or that is not the client's to open.
      return frame(random.pick([frameTypes.data, frameTypes.windowUpdate, frameTypes.resetStream]), 0, random.below(32), uint32(1))
    default:
      return frame(random.below(16), random.below(256), random.below(8), Buffer.alloc(random.below(40), random.below(256)))
  }
}

function changed(random: Random, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  if (random.onceIn(2)) return copy
  for (let count = 1 + random.below(3); count > 0; count--) copy[random.below(copy.length)] = random.below(256)
  return random.onceIn(6) ? copy.subarray(0, random.below(copy.length)) : copy
}
