/**
 * Reads a request head (RFC 9112 §2–§5), stricter than the RFC allows a recipient to be: whatever two implementations could read
 * differently is refused. One pass over the bytes; what is forwarded is cut out in runs of lines, so nothing is parsed or copied twice.
 */
import type { RefusalKind } from '../../contract/refusals.ts'
import { isBlank } from './blanks.ts'
import { isFieldValue, isTargetCharacter, isToken } from './characters.ts'
import { withoutConnectionFields } from './connection-options.ts'
import { parseContentLength } from './content-length.ts'
import { requestSlots } from './request-fields.ts'
import type { WatchedFields } from './watched-fields.ts'

const space = 0x20
const carriageReturn = 0x0d
const lineFeed = 0x0a
const colon = 0x3a

/** Where runs of forwarded lines start and end, alternating. One for all heads: what it holds is used up within one read. */
let runs: Int32Array = new Int32Array(0)

/** Of heads that were forgotten, for the next that is read. */
const spareFields: number[][] = []
const mostSpareFields = 256
const noFields: number[] = []

export class RequestHead {
  readonly #watched: WatchedFields
  readonly #maxFields: number
  readonly #maxFieldBytes: number
  /**
   * For each watched field how often it stands in the head, then for each where its last value starts, then where it ends. Idle connections
   * have none. A plain array: each stream of HTTP/2 has a head of its own, and typed arrays cost much to make.
   */
  #fields: number[] = noFields
  #runCount: number = 0
  /** The head, and where it stood in the bytes. */
  #text: string = ''
  #start: number = 0

  method: string = ''
  /** As sent. */
  target: string = ''
  /** Minor version of HTTP/1: 0 or 1. */
  minorVersion: number = 1
  /** Field lines to forward, each ending in CRLF. */
  forwarded: string = ''
  /** Length of the body, or -1 where no Content-Length is given. */
  contentLength: number = -1
  chunked: boolean = false
  /** The client lets the connection be used again. */
  keepAlive: boolean = true
  expectsContinue: boolean = false
  /** Position behind the head in the bytes that were read. */
  end: number = 0

  constructor(watched: WatchedFields, limits: { readonly maxFields: number; readonly maxHead: number }) {
    this.#watched = watched
    this.#maxFields = limits.maxFields
    this.#maxFieldBytes = limits.maxHead
    const mostRuns = limits.maxFields + 2
    if (runs.length < 2 * mostRuns) runs = new Int32Array(2 * mostRuns)
  }

  /** How often a watched field stands in the head (at most 255). */
  occurrences(slot: number): number {
    return this.#fields[slot] ?? 0
  }

  /** The last value of a watched field, without surrounding white space; undefined when it is absent. */
  value(slot: number): string | undefined {
    if (this.occurrences(slot) === 0) return undefined
    const { count } = this.#watched
    return this.#slice(this.#fields[count + slot]!, this.#fields[2 * count + slot]!)
  }

  /** Like `value`, with the values of all its lines in order, joined by commas (RFC 9110 §5.3). */
  values(slot: number): string | undefined {
    return this.occurrences(slot) > 1 ? this.#watched.valuesIn(this.#text, slot).join(', ') : this.value(slot)
  }

  /** An idle connection holds nothing of what it has served. No field is there any more. */
  forget(): void {
    if (this.#fields !== noFields && spareFields.length < mostSpareFields) spareFields.push(this.#fields)
    this.#fields = noFields
    this.#text = ''
    this.target = ''
    this.forwarded = ''
  }

  /**
   * Reads the head that starts at `start`. Returns undefined when it is whole and acceptable, `incomplete` when more bytes are needed,
   * or why it is refused, as early as that can be known. Only after undefined are the fields of this object valid.
   */
  read(bytes: Buffer, start: number): RefusalKind | 'incomplete' | undefined {
    const { count } = this.#watched
    if (this.#fields === noFields) this.#fields = fieldsFor(count)
    for (let slot = 0; slot < count; slot++) this.#fields[slot] = 0
    this.#text = ''
    this.#start = start
    let position = start
    while (isToken[bytes[position]!] === 1) position++
    const methodEnd = position
    if (position >= bytes.length) return 'incomplete'
    if (methodEnd === start || bytes[position] !== space) return 'bad-request'
    const targetStart = ++position
    while (isTargetCharacter[bytes[position]!] === 1) position++
    const targetEnd = position
    if (position >= bytes.length) return 'incomplete'
    if (targetEnd === targetStart || bytes[position] !== space) return 'bad-request'
    const refused = this.#readVersion(bytes, position + 1) ?? this.#readFields(bytes, position + 11)
    if (refused !== undefined) return refused
    const text = bytes.toString('latin1', start, this.end - 2)
    this.#text = text
    this.method = text.slice(0, methodEnd - start)
    this.target = text.slice(targetStart - start, targetEnd - start)
    this.forwarded = this.#joinRuns()
    return this.#readFraming() ?? this.#readConnection()
  }

  #slice(start: number, end: number): string {
    return this.#text.slice(start - this.#start, end - this.#start)
  }

  #readVersion(bytes: Buffer, start: number): RefusalKind | 'incomplete' | undefined {
    if (bytes.length < start + 10) {
      const begun = bytes.toString('latin1', start)
      return 'HTTP/1.1\r\n'.startsWith(begun) || /^(?:HTTP\/?|HTTP\/[0-9](?:\.|\.[0-9]\r?)?)$/.test(begun) || 'HTTP'.startsWith(begun)
        ? 'incomplete'
        : 'bad-request'
    }
    // "HTTP/1." and a digit, CR, LF.
    if (
      bytes.readUInt32BE(start) === 0x48545450 &&
      bytes[start + 4] === 0x2f &&
      bytes[start + 5] === 0x31 &&
      bytes[start + 6] === 0x2e &&
      bytes[start + 8] === carriageReturn &&
      bytes[start + 9] === lineFeed
    ) {
      const minor = bytes[start + 7]! - 0x30
      if (minor === 0 || minor === 1) {
        this.minorVersion = minor
        return undefined
      }
    }
    return /^HTTP\/[0-9](?:\.[0-9])?\r\n/.test(bytes.toString('latin1', start, start + 10)) ? 'bad-version' : 'bad-request'
  }

  #readFields(bytes: Buffer, start: number): RefusalKind | 'incomplete' | undefined {
    let runCount = 0
    let runStart = start
    let count = 0
    let line = start
    while (bytes[line] !== carriageReturn) {
      let position = line
      while (isToken[bytes[position]!] === 1) position++
      const nameEnd = position++
      if (nameEnd >= bytes.length) return this.#unfinished(bytes, start)
      if (nameEnd === line || bytes[nameEnd] !== colon) return 'bad-request'
      while (isFieldValue[bytes[position]!] === 1) position++
      if (position + 1 >= bytes.length)
        return position < bytes.length && bytes[position] !== carriageReturn ? 'bad-request' : this.#unfinished(bytes, start)
      if (bytes[position] !== carriageReturn || bytes[position + 1] !== lineFeed) return 'bad-request'
      if (++count > this.#maxFields) return 'head-too-large'
      const watched = this.#watched.find(bytes, line, nameEnd)
      if (watched !== undefined) {
        if (watched.exactly(bytes, line)) this.#note(watched.slot, bytes, nameEnd + 1, position)
        if (watched.dropped) {
          if (runStart < line) {
            runs[runCount++] = runStart
            runs[runCount++] = line
          }
          runStart = position + 2
        }
      }
      line = position + 2
    }
    if (line - start > this.#maxFieldBytes) return 'head-too-large'
    if (line + 1 >= bytes.length) return 'incomplete'
    if (bytes[line + 1] !== lineFeed) return 'bad-request'
    if (runStart < line) {
      runs[runCount++] = runStart
      runs[runCount++] = line
    }
    this.#runCount = runCount
    this.end = line + 2
    return undefined
  }

  #unfinished(bytes: Buffer, start: number): RefusalKind | 'incomplete' {
    return bytes.length - start > this.#maxFieldBytes ? 'head-too-large' : 'incomplete'
  }

  #note(slot: number, bytes: Buffer, start: number, end: number): void {
    let valueStart = start
    let valueEnd = end
    while (valueStart < valueEnd && isBlank(bytes[valueStart]!)) valueStart++
    while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1]!)) valueEnd--
    const { count } = this.#watched
    if (this.#fields[slot]! < 255) this.#fields[slot]!++
    this.#fields[count + slot] = valueStart
    this.#fields[2 * count + slot] = valueEnd
  }

  #joinRuns(): string {
    let forwarded = ''
    for (let run = 0; run < this.#runCount; run += 2) forwarded += this.#slice(runs[run]!, runs[run + 1]!)
    return forwarded
  }

  /** RFC 9112 §6.3, without any of its leniency. */
  #readFraming(): RefusalKind | undefined {
    this.contentLength = -1
    this.chunked = false
    this.expectsContinue = false
    const lengths = this.#fields[requestSlots.contentLength]!
    const encodings = this.#fields[requestSlots.transferEncoding]!
    if (lengths > 0) {
      if (lengths > 1 || encodings > 0) return 'bad-framing'
      this.contentLength = parseContentLength(this.value(requestSlots.contentLength)!)
      if (this.contentLength === -1) return 'bad-framing'
    }
    if (encodings > 0) {
      if (encodings > 1 || this.minorVersion === 0 || this.value(requestSlots.transferEncoding)!.toLowerCase() !== 'chunked')
        return 'bad-framing'
      this.chunked = true
    }
    if (this.#fields[requestSlots.expect]! > 0) {
      if (this.#fields[requestSlots.expect]! > 1 || this.value(requestSlots.expect)!.toLowerCase() !== '100-continue')
        return 'bad-expectation'
      this.expectsContinue = this.minorVersion === 1
    }
    return undefined
  }

  #readConnection(): RefusalKind | undefined {
    this.keepAlive = this.minorVersion === 1
    const occurrences = this.#fields[requestSlots.connection]!
    if (occurrences === 0) return undefined
    const value = this.value(requestSlots.connection)!
    if (occurrences === 1 && (value === 'keep-alive' || value === 'Keep-Alive')) this.keepAlive = true
    else if (occurrences === 1 && value === 'close') this.keepAlive = false
    else {
      const options = withoutConnectionFields(this.#text, this.forwarded)
      if (options === null) return 'bad-request'
      if (options.names.has('close')) this.keepAlive = false
      else if (options.names.has('keep-alive')) this.keepAlive = true
      this.forwarded = options.forwarded
    }
    return undefined
  }
}

/** Heads of one gateway all watch the same fields; those of another, in tests, may watch others. */
function fieldsFor(count: number): number[] {
  const spare = spareFields.pop()
  return spare?.length === 3 * count ? spare : new Array<number>(3 * count).fill(0)
}
