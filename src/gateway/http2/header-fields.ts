/** Field lines, which is how the gateway keeps them, as node:http2 takes them, and trailer fields back. */
import type { OutgoingHttpHeaders } from 'node:http2'
import { withoutBlanks } from '../http1/blanks.ts'
import type { RequestHead } from '../http1/request-head.ts'

const carriageReturn = '\r\n'

/** Makes no sense behind the content, or would change how it is read (RFC 9110 §6.5.1). */
const notInTrailers =
  /^(?:content-[^:]*|cookie|set-cookie|cache-control|age|expires|date|vary|www-authenticate|range|max-forwards|if-[^:]*):/i

/** Adds `lines`, each ending in CRLF, to `headers`: names in lower case, several values of one name in their order. */
export function addLines(headers: OutgoingHttpHeaders, lines: string): void {
  for (let start = 0; start < lines.length; ) {
    const colon = lines.indexOf(':', start)
    const end = lines.indexOf(carriageReturn, colon)
    const name = lines.slice(start, colon).toLowerCase()
    const value = withoutBlanks(lines, colon + 1, end)
    const before = headers[name]
    // A field of the upgrade to HTTP/2, which node:http2 does not let pass.
    if (name !== 'http2-settings') headers[name] = before === undefined ? value : [before, value].flat().map(String)
    start = end + carriageReturn.length
  }
}

/** An object without prototype: the name of a field may be any token. */
export function newHeaders(): OutgoingHttpHeaders {
  return Object.create(null)
}

/**
 * A client's trailer fields as lines that each end in CRLF; null where they are malformed or too large. `head` reads them by the rules
 * for heads, and drops what a head would drop.
 */
export function trailerLines(fields: readonly string[], head: RequestHead): string | null {
  let text = 'TRAILERS / HTTP/1.1\r\n'
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index]!
    const value = fields[index + 1]!
    if (name !== name.toLowerCase() || /[\r\n]/.test(value) || /[\r\n]/.test(name)) return null
    text += `${name}: ${value}\r\n`
  }
  const bytes = Buffer.from(`${text}\r\n`, 'latin1')
  return head.read(bytes, 0) === undefined && head.end === bytes.length ? allowedTrailers(head.forwarded) : null
}

/** `lines` without those fields that may not be trailers. */
export function allowedTrailers(lines: string): string {
  if (lines === '') return ''
  return lines
    .split(carriageReturn)
    .filter((line) => line !== '' && !notInTrailers.test(line))
    .map((line) => line + carriageReturn)
    .join('')
}
