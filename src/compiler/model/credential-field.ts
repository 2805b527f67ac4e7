/**
 * Fields with a meaning of their own, for the message or for the backend (RFC 9110, 6265, 7239, 9111): the gateway keeps the credential's
 * field from the backend, and would take such a one away, or hand on the credential with it.
 */
const fieldsInUse = new RegExp(
  `^(?:${[
    '(?:accept|access-control|content|cross-origin|if|sec|x-forwarded-(?:for|host|port|prefix|proto|server|ssl))(?:-.*)?',
    'age|allow|alt-used|baggage|cache-control|connection|cookie|set-cookie|date|early-data|etag|expect|expires|forwarded|from|host',
    'http2-settings|keep-alive|last-modified|link|location|max-forwards|origin|pragma|prefer|priority|proxy-connection|range|referer',
    'retry-after|server|te|traceparent|tracestate|trailer|transfer-encoding|upgrade|user-agent|vary|via|warning|www-authenticate',
    'x-http-method-override|x-real-ip|x-request-id',
  ].join('|')})$`,
)

/** The lower-case name of a field that may carry a credential; `null` for one that may not. */
export function credentialField(name: string): string | null {
  const lowerCase = name.toLowerCase()
  return /^[!#$%&'*+.^_`|~0-9a-z-]{1,64}$/.test(lowerCase) && !fieldsInUse.test(lowerCase) ? lowerCase : null
}
