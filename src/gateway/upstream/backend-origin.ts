/** A backend's URL, taken apart once at start. */
import type { Address } from './dial.ts'

export type BackendOrigin = {
  readonly secure: boolean
  readonly address: Address
  /** What the Host field says. */
  readonly authority: string
  /** Path of the URL without trailing slash; empty for none. */
  readonly pathPrefix: string
}

/**
 * Null where `text` is not an absolute http or https URL, or has a user, query or fragment, a host name with characters that none has, or
 * a `%` that begins no escape: what the compiler refuses of an address that it knows.
 */
export function parseBackendOrigin(text: string): BackendOrigin | null {
  // URL.parse would forgive `http:///v2`, `http://http://backend` (an empty port), white space, backslashes and bare percent signs.
  const plain = /^https?:\/\/[^\s/\\][^\s\\]*$/i.test(text) && !/^https?:\/\/[^/]*:(?:\/|$)/i.test(text) && !/%(?![0-9a-f]{2})/i.test(text)
  const url = plain ? URL.parse(text) : null
  if (url === null || !/^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)$/.test(url.hostname)) return null
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null
  const secure = url.protocol === 'https:'
  return {
    secure,
    address: { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port === '' ? (secure ? 443 : 80) : Number(url.port) },
    authority: url.host,
    pathPrefix: url.pathname.replace(/\/+$/, ''),
  }
}
