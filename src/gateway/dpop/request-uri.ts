/** Whether a proof's `htu` is the request's URI as its client sees it (RFC 9449 §4.3): scheme, host and path; query and fragment aside. */
import type { Exchange } from '../exchange.ts'
import { requestSlots } from '../http1/request-fields.ts'
import { type CanonicalTarget, canonicalise } from '../router/target.ts'

/**
 * `publicOrigins`: where clients reach the gateway. Where they are not known, what the request says of it counts, and what a trusted proxy
 * says. A proxy that changes the path leaves no proof that fits.
 */
export function isRequestUri(uri: string, exchange: Exchange, publicOrigins: ReadonlySet<string>): boolean {
  const [, scheme = '', authority = '', path = ''] = /^(https?):\/\/([^/?#]+)([^?#]*)/i.exec(uri) ?? []
  const written: CanonicalTarget = { path: '', query: '' }
  if (scheme === '' || !canonicalise(path === '' ? '/' : path, written) || written.path !== exchange.path) return false
  const origin = originOf(scheme.toLowerCase(), authority)
  if (publicOrigins.size > 0) return publicOrigins.has(origin)
  const own = seenByClient(exchange)
  return origin === originOf(own.scheme, own.host)
}

function seenByClient({ head, host, transport, fromTrustedProxy }: Exchange): { readonly scheme: string; readonly host: string } {
  const given = (slot: number): string | undefined =>
    fromTrustedProxy && head.occurrences(slot) === 1 ? head.value(slot)?.toLowerCase() : undefined
  return {
    scheme: given(requestSlots.forwardedProto) ?? (transport.secure ? 'https' : 'http'),
    host: given(requestSlots.forwardedHost) ?? host,
  }
}

/** As browsers write it: in lower case, and without the port that the scheme has anyway. */
function originOf(scheme: string, authority: string): string {
  return `${scheme}://${authority.toLowerCase().replace(scheme === 'https' ? /:(?:443)?$/ : /:(?:80)?$/, '')}`
}
