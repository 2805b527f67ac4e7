import { BlockList, isIP } from 'node:net'

const privateRanges = new BlockList()
for (const [address, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const) {
  privateRanges.addSubnet(address, prefix, 'ipv4')
}
for (const [address, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  privateRanges.addSubnet(address, prefix, 'ipv6')
}

/** Names that no public DNS answers: RFC 6761, RFC 6762, RFC 8375, and those of clusters and clouds. */
const privateNames = /\.(?:localhost|local|internal|home\.arpa|svc|svc\.cluster\.local)$/

/**
 * Whether a host is on this machine or in a private network, as far as its name or address tells: loopback, RFC 1918, unique local
 * (RFC 4193) and link-local addresses, names with one label, and names under private zones.
 * @param host as `URL.hostname` gives it.
 */
export function isPrivateHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const family = isIP(bare)
  if (family !== 0) return privateRanges.check(bare, family === 4 ? 'ipv4' : 'ipv6')
  return !bare.includes('.') || privateNames.test(`.${bare}`)
}
