/**
 * Networks that callers are denied by, as texts: their family and the bits that all addresses of them begin with. An address is looked for
 * by all that it could be denied by, which are few.
 */
import { addressWords, readAddress } from '../listener/ip-address.ts'

/** Lengths of prefixes, in bits. */
const ipv4Lengths: readonly number[] = Array.from({ length: 25 }, (_, index) => 8 + index)
const ipv6Lengths: readonly number[] = [...Array.from({ length: 13 }, (_, index) => 16 + 4 * index), 128]

/** What IPv4 addresses begin with among those of IPv6. */
const mappedBits = `${'0'.repeat(80)}${'1'.repeat(16)}`

/** The address that is read. */
const words = new Uint32Array(addressWords)

/** Of an address, or of a range as `10.1.0.0/16`. Undefined for anything else, and for lengths that are not looked for. */
export function networkName(text: string): string | undefined {
  const [address = '', length, ...more] = text.split('/')
  const bits = addressBits(address)
  if (bits === undefined || more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined
  const wanted = length === undefined ? bits.length : Number(length)
  return lengthsFor(bits).includes(wanted) ? nameOf(bits, wanted) : undefined
}

/** All networks with a name that an address lies in. None for what is no address. */
export function networksOf(address: string): readonly string[] {
  const bits = callerBits(address)
  return bits === undefined ? [] : lengthsFor(bits).map((length) => nameOf(bits, length))
}

/** Of a caller, who may be on a link of his own. Undefined for what is no address. */
export function callerBits(address: string): string | undefined {
  return addressBits(address.split('%')[0] ?? '')
}

function lengthsFor(bits: string): readonly number[] {
  return bits.length === 32 ? ipv4Lengths : ipv6Lengths
}

function nameOf(bits: string, length: number): string {
  return `${bits.length === 32 ? 4 : 6}:${bits.slice(0, length)}`
}

/** Ones and zeros. An IPv4 address in the form of IPv6 is the IPv4 address that it is. */
export function addressBits(address: string): string | undefined {
  if (address.includes('%') || !readAddress(address, words, 0)) return undefined
  const bits = Array.from(words, (word) => word.toString(2).padStart(32, '0')).join('')
  return bits.startsWith(mappedBits) ? bits.slice(mappedBits.length) : bits
}
