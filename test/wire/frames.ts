/** WebSocket frames as bytes (RFC 6455 §5.2), good ones and bad ones. */
export type Frame = {
  readonly opcode?: number
  readonly final?: boolean
  /** Reserved bits: 4, 2, 1. */
  readonly reserved?: number
  readonly masked?: boolean
  readonly payload?: string | Buffer
  /** How the length is written; the shortest way where nothing is said. */
  readonly lengthBytes?: 0 | 2 | 8
  /** What the header says instead of the payload's length. */
  readonly length?: bigint
}

const key = Buffer.from([0x11, 0x22, 0x33, 0x44])

export function frame({ opcode = 1, final = true, reserved = 0, masked = true, payload = '', lengthBytes, length }: Frame = {}): Buffer {
  const content = Buffer.from(payload)
  const said = length ?? BigInt(content.length)
  const bytes = lengthBytes ?? (said < 126n ? 0 : said < 65_536n ? 2 : 8)
  const head = Buffer.alloc(2 + bytes)
  head[0] = (final ? 0x80 : 0) | (reserved << 4) | opcode
  head[1] = (masked ? 0x80 : 0) | (bytes === 0 ? Number(said) : bytes === 2 ? 126 : 127)
  if (bytes === 2) head.writeUInt16BE(Number(said), 2)
  if (bytes === 8) head.writeBigUInt64BE(said, 2)
  if (!masked) return Buffer.concat([head, content])
  return Buffer.concat([head, key, content.map((byte, index) => byte ^ key[index % 4]!)])
}

/** A Close frame. */
export function closing(code: number, masked: boolean): Buffer {
  const payload = Buffer.alloc(2)
  payload.writeUInt16BE(code)
  return frame({ opcode: 8, masked, payload })
}

export type ReadFrame = { readonly opcode: number; readonly payload: Buffer }

/** All whole frames at the beginning of `bytes`, unmasked. */
export function readFrames(bytes: Buffer): readonly ReadFrame[] {
  const frames: ReadFrame[] = []
  let at = 0
  while (at + 2 <= bytes.length) {
    const short = bytes[at + 1]! & 0x7f
    const masked = (bytes[at + 1]! & 0x80) !== 0
    const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8
    const length = lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    const start = at + 2 + lengthBytes + (masked ? 4 : 0)
    if (start + length > bytes.length) break
    const mask = bytes.subarray(start - 4, start)
    const payload = Buffer.from(bytes.subarray(start, start + length)).map((byte, index) => (masked ? byte ^ mask[index % 4]! : byte))
    frames.push({ opcode: bytes[at]! & 0x0f, payload: Buffer.from(payload) })
    at = start + length
  }
  return frames
}

/** Code and text of a Close frame's payload. */
export function closeReason({ payload }: ReadFrame): readonly [number, string] {
  return [payload.readUInt16BE(0), payload.toString('utf8', 2)]
}
