/** Addresses and ranges as Kubernetes writes them (RFC 5952): it warns of other ways to write them, and will refuse them. */
import { isIPv4 } from 'node:net'

/** An IPv4 address in the form of an IPv6 one (RFC 4291, section 2.5.5.2) becomes the former, as which it is called. */
export function canonicalAddress(address: string): string {
  if (isIPv4(address)) return address
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [mapped, high = '', low = ''] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(text) ?? []
  if (mapped === undefined) return text
  return [high, low].flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]).join('.')
}

/** @param range an address and the length of its prefix. `null` where the address is none of the range's first, or is IPv4 as IPv6. */
export function canonicalRange(range: string): string | null {
  const [written = '', prefix = ''] = range.split('/')
  const address = canonicalAddress(written)
  if (isIPv4(address) !== isIPv4(written)) return null
  const [bits, length] = isIPv4(address) ? [bitsOf(address.split('.'), 8n, 10), 32] : [bitsOf(groupsOf(address), 16n, 16), 128]
  const beyond = (1n << BigInt(length - Number(prefix))) - 1n
  return (bits & beyond) === 0n ? `${address}/${prefix}` : null
}

function bitsOf(parts: readonly string[], size: bigint, base: 10 | 16): bigint {
  return parts.reduce((bits, part) => (bits << size) | BigInt(Number.parseInt(part, base)), 0n)
}

/** All eight. */
function groupsOf(address: string): readonly string[] {
  const [head = [], tail = []] = address.split('::').map((part) => (part === '' ? [] : part.split(':')))
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail]
}
