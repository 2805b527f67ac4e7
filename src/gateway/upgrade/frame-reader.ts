/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 §5.2) by their headers alone: payload is neither unmasked nor kept. A
 * header is held back until all of it has come and is right, so that no part of a malformed one ever reaches the other side, and what
 * has been passed on ends between two frames whenever a payload is not under way.
 */
const continuation = 0x0
const binary = 0x2
const close = 0x8
const pong = 0xa

const longestHeader = 14
/** Of a control frame (RFC 6455 §5.5). */
const maximumControl = 125

export type FrameFault = 'malformed' | 'too-large'

export class FrameReader {
  readonly #masked: boolean
  readonly #maxFrame: number
  readonly #extensions: boolean
  readonly #header: Buffer = Buffer.allocUnsafeSlow(longestHeader)
  #have: number = 0
  #need: number = 2
  /** Bytes of payload still to come. */
  #remaining: number = 0
  #inMessage: boolean = false
  /** Frames whose header has been passed on, and messages whose last frame has. */
  frames: number = 0
  messages: number = 0
  /** A Close frame has been passed on: nothing after it is (RFC 6455 §5.5.1). */
  closed: boolean = false
  fault: FrameFault | null = null
  /** The beginning of a header that came earlier and is to go out before what the last `read` let pass; else null. */
  carried: Buffer | null = null

  /** `masked`: frames come from a client (RFC 6455 §5.1). `extensions`: some have been agreed on, and may use the reserved bits. */
  constructor(masked: boolean, maxFrame: number, extensions: boolean) {
    this.#masked = masked
    this.#maxFrame = maxFrame
    this.#extensions = extensions
  }

  /** What has been passed on so far ends between two frames. */
  get atBoundary(): boolean {
    return this.#remaining === 0
  }

  /** Reads on in `chunk`, and returns where that ends which may be passed on; what is behind it is held back, or is not to be passed on. */
  read(chunk: Buffer): number {
    this.carried = null
    let position = 0
    let passed = 0
    while (position < chunk.length && this.fault === null) {
      if (this.#remaining > 0) {
        const length = Math.min(this.#remaining, chunk.length - position)
        this.#remaining -= length
        position += length
        passed = position
        continue
      }
      if (this.closed) return passed
      const held = this.#have
      position = this.#takeHeader(chunk, position)
      if (this.#have < this.#need) return passed
      this.fault = this.#judge()
      if (this.fault !== null) return passed
      if (held > 0) this.carried = Buffer.from(this.#header.subarray(0, held))
      this.#have = 0
      this.#need = 2
      passed = position
    }
    return passed
  }

  #takeHeader(chunk: Buffer, position: number): number {
    const header = this.#header
    while (position < chunk.length && this.#have < this.#need) {
      header[this.#have++] = chunk[position++]!
      if (this.#have === 2) {
        const length = header[1]! & 0x7f
        this.#need = 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + ((header[1]! & 0x80) === 0 ? 0 : 4)
      }
    }
    return position
  }

  #judge(): FrameFault | null {
    const first = this.#header[0]!
    const opcode = first & 0x0f
    const final = (first & 0x80) !== 0
    const length = this.#payloadLength()
    if (length === -1 || ((this.#header[1]! & 0x80) !== 0) !== this.#masked) return 'malformed'
    if ((first & 0x70) !== 0 && !this.#extensions) return 'malformed'
    if (opcode >= close) {
      if (opcode > pong || !final || length > maximumControl || (opcode === close && length === 1)) return 'malformed'
    } else {
      if (opcode > binary || (opcode === continuation) !== this.#inMessage) return 'malformed'
      if (length > this.#maxFrame) return 'too-large'
      this.#inMessage = !final
      if (final) this.messages++
    }
    this.#remaining = length
    this.closed = opcode === close
    this.frames++
    return null
  }

  /** -1 where the length is not written in the shortest way, as it must be, or is beyond what a number holds exactly. */
  #payloadLength(): number {
    const header = this.#header
    const short = header[1]! & 0x7f
    if (short < 126) return short
    if (short === 126) {
      const length = header.readUInt16BE(2)
      return length < 126 ? -1 : length
    }
    const high = header.readUInt32BE(2)
    const length = high * 2 ** 32 + header.readUInt32BE(6)
    return high >= 2 ** 21 || length < 2 ** 16 ? -1 : length
  }
}
