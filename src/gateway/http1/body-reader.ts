/**
 * Takes the framing off a message body (RFC 9112 §6–§7) as the bytes arrive, in constant memory. Used for requests and for answers,
 * and equally strict for both: chunk extensions are bounded and dropped; trailer fields are checked, bounded and dropped.
 */
import { hexValue, isFieldValue, isToken } from './characters.ts'

export type BodySink = {
  /** Content: the bytes `[start, end)` of `chunk`. */
  bodyData(chunk: Buffer, start: number, end: number): void
}

/** Where in the framing the reader is. */
const none = 0
const byLength = 1
const untilClose = 2
const chunkSize = 3
const chunkExtension = 4
const chunkSizeEnd = 5
const chunkData = 6
const chunkDataReturn = 7
const chunkDataEnd = 8
const trailerLine = 9
const trailerName = 10
const trailerValue = 11
const trailerEnd = 12
const lastEnd = 13
const malformed = 14

const maximumSizeDigits = 8
/** Bytes of chunk extensions in one chunk, and of all trailer fields. */
const maximumExtension = 256
const maximumTrailer = 8192

/** chunk-ext behind its first `;`, without white space (RFC 9112 §7.1.1). */
const extension = /^(?:(?:^|;)[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[^"\\]|\\[\t -~])*"))?)+$/

/** What would change how the message is read must not come behind it (RFC 9110 §6.5.1). */
const forbiddenTrailer = /^(?:content[-_]length|transfer[-_]encoding)$/i

const carriageReturn = 0x0d
const lineFeed = 0x0a
const semicolon = 0x3b
const colon = 0x3a

export class BodyReader {
  #state: number = none
  /** Content bytes still to come, of the body or of the chunk. */
  #remaining: number = 0
  #digits: number = 0
  #overhead: number = 0
  /** Chunk extension or name of a trailer field, as far as it has come. */
  #line: string = ''

  startLength(length: number): void {
    this.#state = length === 0 ? none : byLength
    this.#remaining = length
  }

  startChunked(): void {
    this.#state = chunkSize
    this.#remaining = 0
    this.#digits = 0
    this.#overhead = 0
  }

  startUntilClose(): void {
    this.#state = untilClose
  }

  /** Nothing more belongs to the body. Never true for a body that ends with its connection. */
  get complete(): boolean {
    return this.#state === none
  }

  get malformed(): boolean {
    return this.#state === malformed
  }

  get endsWithConnection(): boolean {
    return this.#state === untilClose
  }

  /**
   * Reads from `chunk` at `position`, gives its content to `sink` in one piece, and returns the position behind what belongs to the body.
   * It stops early when the body is complete or malformed. The pieces of several chunks are moved together within `chunk`: whoever
   * sends a body byte by byte must not make everybody after us handle it so.
   */
  read(chunk: Buffer, position: number, sink: BodySink): number {
    let contentStart = -1
    let contentEnd = -1
    while (position < chunk.length && this.#state !== none && this.#state !== malformed) {
      if (this.#state !== byLength && this.#state !== chunkData && this.#state !== untilClose) {
        this.#state = this.#framingByte(chunk[position]!)
        position++
        continue
      }
      const end = this.#contentEnd(chunk, position)
      if (contentStart === -1) {
        contentStart = position
        contentEnd = end
      } else contentEnd = moveDown(chunk, contentEnd, position, end)
      position = end
    }
    if (contentStart !== -1) sink.bodyData(chunk, contentStart, contentEnd)
    return position
  }

  /** Where the content that begins at `position` ends, as far as it is here. */
  #contentEnd(chunk: Buffer, position: number): number {
    if (this.#state === untilClose) return chunk.length
    const end = Math.min(chunk.length, position + this.#remaining)
    this.#remaining -= end - position
    if (this.#remaining === 0) this.#state = this.#state === byLength ? none : chunkDataReturn
    return end
  }

  #framingByte(byte: number): number {
    switch (this.#state) {
      case chunkSize: {
        const digit = hexValue[byte]!
        if (digit !== 255 && this.#digits < maximumSizeDigits) {
          this.#remaining = this.#remaining * 16 + digit
          this.#digits++
          return chunkSize
        }
        if (this.#digits === 0) return malformed
        this.#line = ''
        return byte === carriageReturn ? chunkSizeEnd : byte === semicolon ? chunkExtension : malformed
      }
      case chunkExtension:
        if (byte === carriageReturn) return extension.test(this.#line) ? chunkSizeEnd : malformed
        this.#line += String.fromCharCode(byte)
        return isFieldValue[byte] === 1 && this.#line.length <= maximumExtension ? chunkExtension : malformed
      case chunkSizeEnd:
        if (byte !== lineFeed) return malformed
        this.#digits = 0
        this.#overhead = 0
        return this.#remaining === 0 ? trailerLine : chunkData
      case chunkDataReturn:
        return byte === carriageReturn ? chunkDataEnd : malformed
      case chunkDataEnd:
        return byte === lineFeed ? chunkSize : malformed
      case trailerLine:
        this.#line = String.fromCharCode(byte)
        return byte === carriageReturn ? lastEnd : isToken[byte] === 1 ? trailerName : malformed
      case trailerName:
        if (++this.#overhead > maximumTrailer) return malformed
        if (byte === colon) return forbiddenTrailer.test(this.#line) ? malformed : trailerValue
        this.#line += String.fromCharCode(byte)
        return isToken[byte] === 1 ? trailerName : malformed
      case trailerValue:
        if (++this.#overhead > maximumTrailer) return malformed
        return byte === carriageReturn ? trailerEnd : isFieldValue[byte] === 1 ? trailerValue : malformed
      case trailerEnd:
        return byte === lineFeed ? trailerLine : malformed
      case lastEnd:
        return byte === lineFeed ? none : malformed
      default:
        return malformed
    }
  }
}

/** Moves `chunk[start, end)` to `target`, which lies before it, and returns where it ends then. */
function moveDown(chunk: Buffer, target: number, start: number, end: number): number {
  // A call into native code costs more than a few bytes are worth.
  if (end - start > 32) chunk.copyWithin(target, start, end)
  else for (let offset = 0; offset < end - start; offset++) chunk[target + offset] = chunk[start + offset]!
  return target + end - start
}
