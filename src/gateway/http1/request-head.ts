/**
 * Reads a request head (RFC 9112 §2–§5), stricter than the RFC allows a recipient to be: whatever two implementations could read
 * differently is refused. One pass over the text; what is forwarded is cut out of it in runs, so nothing is parsed or copied twice.
 */
import type { RefusalKind } from '../../contract/refusals.ts'
import { isFieldValue, isToken } from './characters.ts'
import { parseContentLength } from './content-length.ts'
import { requestSlots } from './request-fields.ts'
import type { WatchedFields } from './watched-fields.ts'

const space = 0x20
const tab = 0x09
const carriageReturn = 0x0d
const lineFeed = 0x0a
const colon = 0x3a

export class RequestHead {
  readonly #watched: WatchedFields
  readonly #maxFields: number
  readonly #maxFieldBytes: number
  readonly #valueStart: Int32Array
  readonly #valueEnd: Int32Array
  readonly #occurrences: Uint8Array
  #text: string = ''

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

  constructor(watched: WatchedFields, limits: { readonly maxFields: number; readonly maxHead: number }) {
    this.#watched = watched
    this.#maxFields = limits.maxFields
    this.#maxFieldBytes = limits.maxHead
    this.#valueStart = new Int32Array(watched.count)
    this.#valueEnd = new Int32Array(watched.count)
    this.#occurrences = new Uint8Array(watched.count)
  }

  /** How often a watched field stands in the head (at most 255). */
  occurrences(slot: number): number {
    return this.#occurrences[slot] ?? 0
  }

  /** The last value of a watched field, without surrounding white space; undefined when it is absent. */
  value(slot: number): string | undefined {
    return this.occurrences(slot) === 0 ? undefined : this.#text.slice(this.#valueStart[slot], this.#valueEnd[slot])
  }

  /**
   * Reads `text`, which holds a whole head, the last field line's CRLF included and the empty line not. Returns why it is refused,
   * or undefined; the fields of this object are valid only then.
   */
  read(text: string): RefusalKind | undefined {
    this.#text = text
    this.#occurrences.fill(0)
    const fields = this.#readRequestLine(text)
    if (typeof fields === 'string') return fields
    return this.#readFields(text, fields) ?? this.#readFraming() ?? this.#readConnection()
  }

  /** Returns where the field lines start. */
  #readRequestLine(text: string): number | RefusalKind {
    let position = 0
    while (isToken[text.charCodeAt(position)] === 1) position++
    if (position === 0 || text.charCodeAt(position) !== space) return 'bad-request'
    this.method = text.slice(0, position)
    const targetStart = ++position
    // Everything visible; what may stand in a target is the router's question.
    for (let code = text.charCodeAt(position); code > space && code !== 0x7f; ) code = text.charCodeAt(++position)
    if (position === targetStart || text.charCodeAt(position) !== space) return 'bad-request'
    this.target = text.slice(targetStart, position)
    const version = text.slice(position + 1, position + 9)
    if (text.charCodeAt(position + 9) !== carriageReturn || text.charCodeAt(position + 10) !== lineFeed) {
      return /^HTTP\/[0-9]+(\.[0-9]+)?\r\n/.test(text.slice(position + 1, position + 16)) ? 'bad-version' : 'bad-request'
    }
    if (version === 'HTTP/1.1') this.minorVersion = 1
    else if (version === 'HTTP/1.0') this.minorVersion = 0
    else return /^HTTP\/[0-9]\.[0-9]$/.test(version) ? 'bad-version' : 'bad-request'
    return position + 11
  }

  #readFields(text: string, start: number): RefusalKind | undefined {
    if (text.length - start > this.#maxFieldBytes) return 'head-too-large'
    const end = text.length
    let forwarded = ''
    let runStart = start
    let count = 0
    let line = start
    while (line < end) {
      if (++count > this.#maxFields) return 'head-too-large'
      let position = line
      while (isToken[text.charCodeAt(position)] === 1) position++
      if (position === line || text.charCodeAt(position) !== colon) return 'bad-request'
      const watched = this.#watched.find(text, line, position)
      let valueStart = ++position
      let code = text.charCodeAt(position)
      while (isFieldValue[code] === 1) code = text.charCodeAt(++position)
      if (code !== carriageReturn || text.charCodeAt(position + 1) !== lineFeed) return 'bad-request'
      if (watched !== undefined) {
        if (text.slice(line, valueStart).indexOf('_') === -1) {
          let valueEnd = position
          while (valueStart < valueEnd && isBlank(text.charCodeAt(valueStart))) valueStart++
          while (valueEnd > valueStart && isBlank(text.charCodeAt(valueEnd - 1))) valueEnd--
          this.#valueStart[watched.slot] = valueStart
          this.#valueEnd[watched.slot] = valueEnd
          if (this.occurrences(watched.slot) < 255) this.#occurrences[watched.slot]!++
        }
        if (watched.dropped) {
          if (runStart < line) forwarded += text.slice(runStart, line)
          runStart = position + 2
        }
      }
      line = position + 2
    }
    this.forwarded = runStart === start ? text.slice(start) : runStart < end ? forwarded + text.slice(runStart) : forwarded
    return undefined
  }

  /** RFC 9112 §6.3, without any of its leniency. */
  #readFraming(): RefusalKind | undefined {
    this.contentLength = -1
    this.chunked = false
    const lengths = this.occurrences(requestSlots.contentLength)
    const encodings = this.occurrences(requestSlots.transferEncoding)
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
    this.expectsContinue = false
    if (this.occurrences(requestSlots.expect) > 0) {
      if (this.value(requestSlots.expect)!.toLowerCase() !== '100-continue') return 'bad-expectation'
      this.expectsContinue = this.minorVersion === 1
    }
    return undefined
  }

  #readConnection(): RefusalKind | undefined {
    this.keepAlive = this.minorVersion === 1
    const occurrences = this.occurrences(requestSlots.connection)
    if (occurrences === 0) return undefined
    const value = this.value(requestSlots.connection)!
    if (occurrences === 1 && (value === 'keep-alive' || value === 'Keep-Alive')) {
      this.keepAlive = true
      return undefined
    }
    if (occurrences === 1 && value === 'close') {
      this.keepAlive = false
      return undefined
    }
    return this.#readConnectionOptions()
  }

  /** The rare case: `Connection` names other fields, which are for this hop only (RFC 9110 §7.6.1). */
  #readConnectionOptions(): RefusalKind | undefined {
    const options = new Set<string>()
    const lines = this.#text.split('\r\n')
    for (const line of lines) {
      if (!/^connection:/i.test(line)) continue
      for (const option of line.slice('connection:'.length).split(',')) {
        const name = option.trim().toLowerCase()
        if (name !== '' && !/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) return 'bad-request'
        options.add(name)
      }
    }
    if (options.has('close')) this.keepAlive = false
    else if (options.has('keep-alive')) this.keepAlive = true
    this.forwarded = this.forwarded
      .split('\r\n')
      .filter((line) => line !== '' && !options.has(line.slice(0, line.indexOf(':')).toLowerCase()))
      .map((line) => `${line}\r\n`)
      .join('')
    return undefined
  }
}

function isBlank(code: number): boolean {
  return code === space || code === tab
}
