/** Whose address a request comes from: the connection's, unless a trusted proxy says whom it speaks for. */
import { AddressRanges } from './address-ranges.ts'
import { addressWords, readAddress } from './ip-address.ts'

const words = new Uint32Array(addressWords)

/** In the place of an address that nobody can tell. It is in no range: who denies by ranges asks for it besides. */
export const unknownAddress = 'unknown'

/**
 * `::ffff:192.0.2.1`, however it is spelled, is 192.0.2.1. A zone means something on this host only (RFC 4007 §11), and is left out. What is
 * no address is `unknownAddress`.
 */
export function plainAddress(address: string | undefined): string {
  if (address === undefined || !readAddress(address, words, 0)) return unknownAddress
  if (!address.includes(':')) return address
  const isMapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff
  if (isMapped) return [24, 16, 8, 0].map((shift) => (words[3]! >>> shift) & 0xff).join('.')
  const zone = address.indexOf('%')
  return zone === -1 ? address : address.slice(0, zone)
}

/** Some proxies say `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function withoutPort(node: string): string {
  const [, ipv6, ipv4] = /^(?:\[([0-9A-Fa-f:.]+(?:%[^\]]*)?)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5})$/.exec(node) ?? []
  return ipv6 ?? ipv4 ?? node
}

/** What counts as one caller: an IPv4 address, or an IPv6 network of 64 bits, since one host has all of them. */
export function callerKey(address: string): string {
  return `address:${address.includes(':') ? ipv6Network(address) : address}`
}

function ipv6Network(address: string): string {
  if (!readAddress(address, words, 0)) return address
  const groups = [words[0]! >>> 16, words[0]! & 0xffff, words[1]! >>> 16, words[1]! & 0xffff]
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`
}

/** Addresses that may say for whom they forward. */
export class TrustedProxies {
  readonly #ranges: AddressRanges

  /** `ranges`: single addresses or CIDR ranges. */
  constructor(ranges: readonly string[]) {
    this.#ranges = new AddressRanges(ranges)
  }

  includes(address: string): boolean {
    return this.#ranges.includes(address)
  }

  /**
   * The nearest address that is not a trusted proxy, read from the right end of X-Forwarded-For; `peer` where there is none, and
   * `unknownAddress` where something stands there that is no address (`unknown` and names of a proxy's own in RFC 7239 §6.2 and §6.3): the
   * proxy speaks for somebody else, who must not pass for the proxy. `forwardedFor`: the values of all its lines.
   */
  client(peer: string, forwardedFor: string | undefined): string {
    if (forwardedFor === undefined) return peer
    let client = peer
    for (const entry of forwardedFor.split(',').reverse()) {
      client = plainAddress(withoutPort(entry.trim()))
      if (!this.includes(client)) return client
    }
    return client
  }
}
