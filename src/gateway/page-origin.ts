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

/** The page itself, as far as it is said: `Referer`, which must not say another origin than `Origin` does, else `Origin`. */
export function pageOf(lines: string): URL | null {
  const [origins, referers] = [valuesOf(lines, 'origin'), valuesOf(lines, 'referer')]
  if (origins.length > 1 || referers.length > 1) return null
  const origin = origins[0] ?? null
  const page = URL.parse(referers[0] ?? origin ?? '')
  return page !== null && (origin === null || page.origin === origin) ? page : null
}

function valuesOf(lines: string, name: 'origin' | 'referer'): readonly string[] {
  const start = `${name}:`
  return lines
    .split('\r\n')
    .filter((line) => line.slice(0, start.length).toLowerCase() === start)
    .map((line) => line.slice(start.length).trim())
}
