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

/** Null where `text` is not an absolute http or https URL, or has a user, query or fragment. */
export function parseBackendOrigin(text: string): BackendOrigin | null {
  // URL.parse would forgive `http:///v2`, white space and backslashes.
  const url = /^https?:\/\/[^\s/\\][^\s\\]*$/i.test(text) ? URL.parse(text) : null
  if (url === null) return null
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '' || url.hostname === '') return null
  const secure = url.protocol === 'https:'
  return {
    secure,
    address: { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port === '' ? (secure ? 443 : 80) : Number(url.port) },
    authority: url.host,
    pathPrefix: url.pathname.replace(/\/+$/, ''),
  }
}
