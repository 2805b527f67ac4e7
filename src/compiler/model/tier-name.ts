/** Names of tiers and custom limits go into `RateLimit` fields, where a string is ASCII (RFC 9651 section 3.3.3). */
export function isTierName(name: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?$/.test(name)
}
