/** Reads the head of a backend's answer (RFC 9112 §4), as strictly as a request's: what is doubtful is not passed on. */
import { isFieldValue, isToken } from './characters.ts'
import { parseContentLength } from './content-length.ts'
import { responseSlots } from './response-fields.ts'
import type { WatchedFields } from './watched-fields.ts'

const carriageReturn = 0x0d
const lineFeed = 0x0a
const colon = 0x3a

/** An answer may have more fields than a request: backends are known, and set cookies. */
const maximumFields = 500

export class ResponseHead {
  #text: string = ''
  readonly #valueStart: Int32Array = new Int32Array(16)
  readonly #valueEnd: Int32Array = new Int32Array(16)
  readonly #occurrences: Uint8Array = new Uint8Array(16)

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

  /** `text` holds a whole head, the last line's CRLF included. False: it is not an answer to be trusted. */
  read(text: string, watched: WatchedFields): boolean {
    this.#text = text
    this.#occurrences.fill(0)
    const fields = this.#readStatusLine(text)
    return fields !== -1 && this.#readFields(text, fields, watched) && this.#readFraming() && this.#readConnection()
  }

  #readStatusLine(text: string): number {
    if (!text.startsWith('HTTP/1.')) return -1
    const minor = text.charCodeAt(7) - 0x30
    if ((minor !== 0 && minor !== 1) || text.charCodeAt(8) !== 0x20) return -1
    this.minorVersion = minor
    this.status = 0
    let position = 9
    for (; position < 12; position++) {
      const digit = text.charCodeAt(position) - 0x30
      if (!(digit >= 0 && digit <= 9)) return -1
      this.status = this.status * 10 + digit
    }
    if (this.status < 100 || this.status > 599) return -1
    // The space before an empty reason phrase is often left out.
    if (text.charCodeAt(position) !== 0x20 && text.charCodeAt(position) !== carriageReturn) return -1
    while (isFieldValue[text.charCodeAt(position)] === 1) position++
    if (text.charCodeAt(position) !== carriageReturn || text.charCodeAt(position + 1) !== lineFeed) return -1
    this.statusText = text.slice(9, position)
    return position + 2
  }

  #readFields(text: string, start: number, watchedFields: WatchedFields): boolean {
    const end = text.length
    let forwarded = ''
    let runStart = start
    let count = 0
    let line = start
    while (line < end) {
      if (++count > maximumFields) return false
      let position = line
      while (isToken[text.charCodeAt(position)] === 1) position++
      if (position === line || text.charCodeAt(position) !== colon) return false
      const watched = watchedFields.find(text, line, position)
      const valueStart = ++position
      while (isFieldValue[text.charCodeAt(position)] === 1) position++
      if (text.charCodeAt(position) !== carriageReturn || text.charCodeAt(position + 1) !== lineFeed) return false
      if (watched !== undefined) {
        this.#valueStart[watched.slot] = valueStart
        this.#valueEnd[watched.slot] = position
        if (this.#occurrences[watched.slot]! < 255) this.#occurrences[watched.slot]!++
        if (watched.dropped) {
          if (runStart < line) forwarded += text.slice(runStart, line)
          runStart = position + 2
        }
      }
      line = position + 2
    }
    this.forwarded = forwarded + text.slice(runStart)
    this.hasDate = this.#occurrences[responseSlots.date]! > 0
    return true
  }

  #value(slot: number): string {
    return this.#text.slice(this.#valueStart[slot], this.#valueEnd[slot]).trim()
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
    if (this.#occurrences[responseSlots.connection]! === 0) return true
    const options = new Set<string>()
    for (const line of this.#text.split('\r\n')) {
      if (!/^connection:/i.test(line)) continue
      for (const option of line.slice('connection:'.length).split(',')) options.add(option.trim().toLowerCase())
    }
    if (options.has('close')) this.keepAlive = false
    options.delete('close')
    options.delete('keep-alive')
    if (options.size > 0) {
      this.forwarded = this.forwarded
        .split('\r\n')
        .filter((line) => line !== '' && !options.has(line.slice(0, line.indexOf(':')).toLowerCase()))
        .map((line) => `${line}\r\n`)
        .join('')
    }
    return true
  }
}
