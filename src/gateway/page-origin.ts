/** Where the page is from that sends a request: `Origin` (RFC 6454 §7), else the origin of `Referer` (RFC 9110 §10.1.3). */

/** `lines`: of a request's head, each ending in CRLF. Empty where nothing says it, or more than one thing. */
export function originOf(lines: string): string {
  const origins = valuesOf(lines, 'origin')
  if (origins.length > 1) return ''
  if (origins[0] !== undefined) return origins[0]
  const referers = valuesOf(lines, 'referer')
  const url = referers.length === 1 ? URL.parse(referers[0]!) : null
  return url === null ? '' : url.origin
}

function valuesOf(lines: string, name: 'origin' | 'referer'): readonly string[] {
  const start = `${name}:`
  return lines
    .split('\r\n')
    .filter((line) => line.slice(0, start.length).toLowerCase() === start)
    .map((line) => line.slice(start.length).trim())
}
