/** Frames of HTTP/2 as bytes (RFC 9113 §4.1, §6), well-formed and otherwise: what no library would send. */
import type { Buffer as Bytes } from 'node:buffer'

export const preface: Bytes = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  resetStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const

export const flags = { none: 0, endStream: 1, acknowledged: 1, endHeaders: 4, padded: 8 } as const

export type Frame = { readonly type: number; readonly flags: number; readonly stream: number; readonly payload: Bytes }

export function frame(type: number, frameFlags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Bytes {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = frameFlags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** Whole frames at the beginning of `bytes`, and what follows them. */
export function parseFrames(bytes: Bytes): { readonly frames: readonly Frame[]; readonly rest: Bytes } {
  const frames: Frame[] = []
  let start = 0
  while (bytes.length - start >= 9) {
    const end = start + 9 + bytes.readUIntBE(start, 3)
    if (end > bytes.length) break
    frames.push({
      type: bytes[start + 3]!,
      flags: bytes[start + 4]!,
      stream: bytes.readUInt32BE(start + 5) & 0x7fffffff,
      payload: bytes.subarray(start + 9, end),
    })
    start = end
  }
  return { frames, rest: bytes.subarray(start) }
}

/** HPACK without tables and Huffman codes (RFC 7541 §6.2.2): names and values exactly as given. */
export function headerBlock(fields: readonly (readonly [string, string])[]): Bytes {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]))
}

function text(value: string): Bytes {
  const bytes = Buffer.from(value, 'latin1')
  return Buffer.concat([length(bytes.length), bytes])
}

/** An integer with a prefix of seven bits (RFC 7541 §5.1). */
function length(value: number): Bytes {
  if (value < 127) return Buffer.from([value])
  const bytes = [127]
  let rest = value - 127
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.from([...bytes, rest])
}

export function settings(...values: readonly (readonly [number, number])[]): Bytes {
  const payload = Buffer.alloc(6 * values.length)
  for (const [index, [id, value]] of values.entries()) {
    payload.writeUInt16BE(id, 6 * index)
    payload.writeUInt32BE(value, 6 * index + 2)
  }
  return frame(frameTypes.settings, 0, 0, payload)
}

/** What a request to `/` has to say of itself. */
export const requestFields: readonly (readonly [string, string])[] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':authority', 'gateway.test'],
  [':path', '/'],
]

export function headers(stream: number, fields: readonly (readonly [string, string])[] = requestFields, ended = true): Bytes {
  return frame(frameTypes.headers, flags.endHeaders | (ended ? flags.endStream : 0), stream, headerBlock(fields))
}

export function uint32(value: number): Bytes {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
