/**
 * Heads between the gateway's own form, which is HTTP/1.1's text, and HTTP/2's lists of names and values (RFC 9113 §8.2–8.3). What a
 * backend sends becomes text only to be read by the same parser as any other answer, so that one set of rules holds for both.
 */
import { withoutBlanks } from '../http1/blanks.ts'
import type { BackendRequest } from './backend.ts'

const token = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/
const notInValue = /[\0\r\n]/

/** RFC 9113 §8.2.2: such a field makes the answer malformed. `te` has no meaning in an answer. */
const connectionSpecific = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te'])

/** RFC 9110 §6.5.1: what would change how the content is read must not come behind it. */
const notInTrailers = new Set(['content-length', 'trailer', 'host', 'content-encoding', 'content-type', 'content-range'])

/** Bytes of all trailer fields, as HTTP/1.1's. */
const maximumTrailers = 8192

/** A name and a value, then the next name: as node:http2 takes and gives them. */
export type HeaderList = readonly string[]

/** `scheme`: `http` or `https`; `authority`: what `Host` would say. */
export function requestHeaders(request: BackendRequest, scheme: string, authority: string): string[] {
  const list = [':method', request.method, ':scheme', scheme, ':authority', authority, ':path', request.target]
  addLines(list, request.fields)
  if (request.contentLength !== -1) list.push('content-length', String(request.contentLength))
  // RFC 9113 §8.2.2 lets this one hop-by-hop field through, and gRPC's servers insist on it.
  if (isGrpc(list)) list.push('te', 'trailers')
  return list
}

/** As peers count it who say how much they take (RFC 9113 §6.5.2). */
export function listSize(list: HeaderList): number {
  let size = 16 * list.length
  for (let index = 0; index < list.length; index++) size += list[index]!.length
  return size
}

/** `lines`: trailer fields that each end in CRLF. Those that only confuse are left out. */
export function trailerObject(lines: string): Record<string, string[]> {
  const list: string[] = []
  addLines(list, lines)
  const fields: Record<string, string[]> = Object.create(null)
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index]!
    if (connectionSpecific.has(name) || notInTrailers.has(name)) continue
    const values = fields[name] ?? []
    values.push(list[index + 1]!)
    fields[name] = values
  }
  return fields
}

/** The head as HTTP/1.1 would have it, for the reader of heads; null where that text could be read as something else. */
export function answerText(list: HeaderList): string | null {
  if (list[0] !== ':status' || !/^[1-5][0-9][0-9]$/.test(list[1] ?? '')) return null
  let text = `HTTP/1.1 ${list[1]} \r\n`
  for (let index = 2; index < list.length; index += 2) {
    const name = list[index]!
    const value = list[index + 1]!
    if (!token.test(name) || notInValue.test(value) || connectionSpecific.has(name)) return null
    text += `${name}: ${value}\r\n`
  }
  return `${text}\r\n`
}

/** Trailer fields as lines that each end in CRLF; null where they are not to be passed on. Those that only confuse are left out. */
export function trailerLines(list: HeaderList): string | null {
  let lines = ''
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index]!
    const value = list[index + 1]!
    if (!token.test(name) || notInValue.test(value) || connectionSpecific.has(name)) return null
    if (!notInTrailers.has(name)) lines += `${name}: ${value}\r\n`
    if (lines.length > maximumTrailers) return null
  }
  return lines
}

function addLines(list: string[], lines: string): void {
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf('\r\n', start)
    const colon = lines.indexOf(':', start)
    list.push(lines.slice(start, colon).toLowerCase(), withoutBlanks(lines, colon + 1, end))
    start = end + 2
  }
}

/** `application/grpc`, also with a suffix as in `application/grpc+proto`; not gRPC-Web, which ends in a body of its own. */
function isGrpc(list: HeaderList): boolean {
  const index = list.indexOf('content-type')
  return index !== -1 && index % 2 === 0 && /^application\/grpc(?:[+;\s]|$)/i.test(list[index + 1]!)
}
