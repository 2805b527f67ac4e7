/** Reads the head of a backend's answer (RFC 9112 §4), as strictly as a request's: what is doubtful is not passed on. */
import { withoutBlanks } from './blanks.ts'
import { isFieldValue, isToken } from './characters.ts'
import { withoutConnectionFields } from './connection-options.ts'
import { parseContentLength } from './content-length.ts'
import { responseSlots } from './response-fields.ts'
import { WatchedFields } from './watched-fields.ts'

const carriageReturn = 0x0d
const lineFeed = 0x0a
const colon = 0x3a
const space = 0x20

/** Answers that are meant to rest between two pieces (HTML Living Standard, server-sent events; gRPC over HTTP/2). */
const streamType = /^(?:text\/event-stream|application\/grpc(?:\+[a-z0-9.-]+)?)[ \t]*(?:;|$)/i

const noFields = new WatchedFields([])

const malformed = -1
const unfinished = -2

/** An answer may have more fields than a request: backends are known, and set cookies. */
const maximumFields = 500
/** Different names in one set of watched fields. */
const maximumWatched = 32

export class ResponseHead {
  /** The head, and where it stood in the bytes. */
  #text: string = ''
  #start: number = 0
  #watched: WatchedFields = noFields
  /** Where runs of forwarded lines start and end, alternating. */
  readonly #runs: Int32Array = new Int32Array(2 * maximumFields + 4)
  #runCount: number = 0
  readonly #valueStart: Int32Array = new Int32Array(maximumWatched)
  readonly #valueEnd: Int32Array = new Int32Array(maximumWatched)
  readonly #occurrences: Uint8Array = new Uint8Array(maximumWatched)

  status: number = 0
  /** Code, space and reason phrase, as sent. */
  statusText: string = ''
  minorVersion: number = 1
  /** Field lines to pass on, each ending in CRLF. */
  forwarded: string = ''
  /** -1 where no Content-Length is given. */
  contentLength: number = -1
  chunked: boolean = false
  keepAlive: boolean = true
  /** Seconds from `Keep-Alive: timeout=n`; -1 where the backend does not say. */
  keepAliveTimeout: number = -1
  hasDate: boolean = false
  /** Position behind the head in the bytes that were read. */
  end: number = 0

  /**
   * Reads the head that starts at `start`: true when it is whole, `incomplete` when more bytes are needed, false when it is not an
   * answer to be trusted. Only after true are the fields of this object valid.
   */
  read(bytes: Buffer, start: number, watched: WatchedFields): boolean | 'incomplete' {
    this.#occurrences.fill(0)
    this.#watched = watched
    this.#start = start
    const statusEnd = this.#readStatusLine(bytes, start)
    if (statusEnd < 0) return statusEnd === unfinished ? 'incomplete' : false
    const whole = this.#readFields(bytes, statusEnd + 2, watched)
    if (whole !== true) return whole
    this.#text = bytes.toString('latin1', start, this.end - 2)
    this.statusText = this.#slice(start + 9, statusEnd)
    let forwarded = ''
    for (let run = 0; run < this.#runCount; run += 2) forwarded += this.#slice(this.#runs[run]!, this.#runs[run + 1]!)
    this.forwarded = forwarded
    return this.#readFraming() && this.#readConnection()
  }

  #slice(start: number, end: number): string {
    return this.#text.slice(start - this.#start, end - this.#start)
  }

  /** Position of the line's CR; -1 malformed, -2 incomplete. */
  #readStatusLine(bytes: Buffer, start: number): number {
    if (bytes.length < start + 14) return 'HTTP/1.'.startsWith(bytes.toString('latin1', start, start + 7)) ? unfinished : malformed
    const minor = bytes[start + 7]! - 0x30
    if (bytes.toString('latin1', start, start + 7) !== 'HTTP/1.' || (minor !== 0 && minor !== 1) || bytes[start + 8] !== space)
      return malformed
    this.minorVersion = minor
    this.status = 0
    let position = start + 9
    for (; position < start + 12; position++) {
      const digit = bytes[position]! - 0x30
      if (!(digit >= 0 && digit <= 9)) return malformed
      this.status = this.status * 10 + digit
    }
    if (this.status < 100 || this.status > 599) return malformed
    // The space before an empty reason phrase is often left out.
    if (bytes[position] !== space && bytes[position] !== carriageReturn) return malformed
    while (isFieldValue[bytes[position]!] === 1) position++
    if (position + 1 >= bytes.length) return position < bytes.length && bytes[position] !== carriageReturn ? malformed : unfinished
    return bytes[position] === carriageReturn && bytes[position + 1] === lineFeed ? position : malformed
  }

  #readFields(bytes: Buffer, start: number, watchedFields: WatchedFields): boolean | 'incomplete' {
    const runs = this.#runs
    let runCount = 0
    let runStart = start
    let count = 0
    let line = start
    while (bytes[line] !== carriageReturn) {
      let position = line
      while (isToken[bytes[position]!] === 1) position++
      const nameEnd = position++
      if (nameEnd >= bytes.length) return 'incomplete'
      if (nameEnd === line || bytes[nameEnd] !== colon) return false
      while (isFieldValue[bytes[position]!] === 1) position++
      if (position + 1 >= bytes.length) return position < bytes.length && bytes[position] !== carriageReturn ? false : 'incomplete'
      if (bytes[position] !== carriageReturn || bytes[position + 1] !== lineFeed) return false
      if (++count > maximumFields) return false
      const watched = watchedFields.find(bytes, line, nameEnd)
      if (watched !== undefined) {
        if (watched.exactly(bytes, line)) {
          this.#valueStart[watched.slot] = nameEnd + 1
          this.#valueEnd[watched.slot] = position
          if (this.#occurrences[watched.slot]! < 255) this.#occurrences[watched.slot]!++
        }
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
    if (line + 1 >= bytes.length) return 'incomplete'
    if (bytes[line + 1] !== lineFeed) return false
    if (runStart < line) {
      runs[runCount++] = runStart
      runs[runCount++] = line
    }
    this.#runCount = runCount
    this.end = line + 2
    this.hasDate = this.#occurrences[responseSlots.date]! > 0
    return true
  }

  /** The content is a stream of events or messages. */
  get streams(): boolean {
    return this.#occurrences[responseSlots.contentType] === 1 && streamType.test(this.#value(responseSlots.contentType))
  }

  /** The values of all lines of a watched field in their order, joined by commas; undefined when it is absent. */
  values(slot: number): string | undefined {
    const occurrences = this.#occurrences[slot]!
    if (occurrences > 1) return this.#watched.valuesIn(this.#text, slot).join(', ')
    return occurrences === 0 ? undefined : this.#value(slot)
  }

  #value(slot: number): string {
    return withoutBlanks(this.#text, this.#valueStart[slot]! - this.#start, this.#valueEnd[slot]! - this.#start)
  }

  #readFraming(): boolean {
    this.contentLength = -1
    this.chunked = false
    const lengths = this.#occurrences[responseSlots.contentLength]!
    const encodings = this.#occurrences[responseSlots.transferEncoding]!
    if (lengths > 0) {
      if (lengths > 1 || encodings > 0) return false
      this.contentLength = parseContentLength(this.#value(responseSlots.contentLength))
      if (this.contentLength === -1) return false
    }
    if (encodings > 0) {
      if (encodings > 1 || this.minorVersion === 0 || this.#value(responseSlots.transferEncoding).toLowerCase() !== 'chunked') return false
      this.chunked = true
    }
    return true
  }

  #readConnection(): boolean {
    this.keepAlive = this.minorVersion === 1
    this.keepAliveTimeout = -1
    if (this.#occurrences[responseSlots.keepAlive]! > 0) {
      const timeout = /(?:^|[,\s])timeout=([0-9]{1,6})/.exec(this.#value(responseSlots.keepAlive))
      if (timeout !== null) this.keepAliveTimeout = Number(timeout[1])
    }
    const occurrences = this.#occurrences[responseSlots.connection]!
    if (occurrences === 0) return true
    const value = this.#value(responseSlots.connection)
    if (occurrences === 1 && (value === 'keep-alive' || value === 'Keep-Alive')) return true
    if (occurrences === 1 && value === 'close') {
      this.keepAlive = false
      return true
    }
    const options = withoutConnectionFields(this.#text, this.forwarded)
    if (options === null) return false
    if (options.names.has('close')) this.keepAlive = false
    this.forwarded = options.forwarded
    return true
  }
}
