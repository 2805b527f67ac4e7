/** Addresses of services that the gateway itself asks. */
import { isLoopback } from './loopback.ts'

/** Whether nothing that is sent to `url` leaves this machine in the clear: https, or http to this machine. */
export function isConfidential(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}

/**
 * Null where `text` is not an absolute http or https URL, or has a user, a fragment, white space or a backslash, which `URL` would forgive.
 * A query is allowed: some services are told apart by it.
 */
export function parseServiceUrl(text: string): URL | null {
  if (!/^https?:\/\/[^\s/\\#@][^\s\\#]*$/i.test(text)) return null
  const url = URL.parse(text)
  return url === null || url.username !== '' || url.password !== '' || url.hostname === '' ? null : url
}
