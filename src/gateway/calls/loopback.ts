/** Addresses whose traffic does not leave the machine, so that it may go in the clear. */
import { isIP } from 'node:net'

/** `host`: as URLs have it, an IPv6 address with or without its brackets. A name counts only where no resolver may say otherwise (RFC 6761 §6.3). */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '')
  if (isIP(bare) === 4) return bare.startsWith('127.')
  return bare === '::1' || bare === 'localhost' || bare.endsWith('.localhost')
}
