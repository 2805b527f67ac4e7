/** IP addresses as numbers: 128 bits in four words, an IPv4 address as the IPv6 address that it is mapped to (RFC 4291 §2.5.5.2). */

export const addressWords = 4

const colon = 0x3a
const dot = 0x2e
const mapped = 0xffff

/**
 * Reads an address into `words` from `at` on. The zone of an IPv6 address (`%eth0`) counts for nothing, and may be of any characters, as
 * interfaces have any names. False where the text is none, as net.isIP decides of what stands before the zone; the words mean nothing then.
 */
export function readAddress(text: string, words: Uint32Array, at: number): boolean {
  const zone = text.indexOf('%')
  const end = zone === -1 ? text.length : zone
  if (text.lastIndexOf(':', end) !== -1) return readVersion6(text, end, words, at)
  const address = zone === -1 ? readVersion4(text, 0, end) : -1
  words[at] = 0
  words[at + 1] = 0
  words[at + 2] = mapped
  words[at + 3] = address
  return address !== -1
}

/** Four decimal numbers without leading zeros; -1 for anything else. */
function readVersion4(text: string, start: number, end: number): number {
  let address = 0
  let number = 0
  let digits = 0
  let dots = 0
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code === dot) {
      if (digits === 0 || ++dots > 3) return -1
      address = address * 256 + number
      number = 0
      digits = 0
      continue
    }
    const digit = code - 0x30
    if (digit < 0 || digit > 9 || (digits > 0 && number === 0)) return -1
    number = number * 10 + digit
    digits++
    if (number > 255) return -1
  }
  return dots === 3 && digits > 0 ? address * 256 + number : -1
}

const groups = new Uint16Array(8)

function readVersion6(text: string, end: number, words: Uint32Array, at: number): boolean {
  let count = 0
  /** Groups before `::`. */
  let gap = -1
  let index = 0
  if (text.charCodeAt(0) === colon) {
    if (text.charCodeAt(1) !== colon) return false
    gap = 0
    index = 2
  }
  while (index < end) {
    const next = groupEnd(text, index, end)
    if (next < end && text.charCodeAt(next) === dot) {
      const tail = count <= 6 ? readVersion4(text, index, end) : -1
      if (tail === -1) return false
      groups[count++] = tail >>> 16
      groups[count++] = tail & 0xffff
      break
    }
    if (next === index || next - index > 4 || count === 8) return false
    groups[count++] = Number.parseInt(text.slice(index, next), 16)
    if (next === end) break
    // A colon ends nothing: another one, or a group, must follow.
    if (text.charCodeAt(next) !== colon || next + 1 === end) return false
    index = next + 1
    if (text.charCodeAt(index) !== colon) continue
    if (gap !== -1) return false
    gap = count
    index++
  }
  if (gap === -1 ? count !== 8 : count === 8) return false
  if (gap !== -1) {
    groups.copyWithin(8 - (count - gap), gap, count)
    groups.fill(0, gap, 8 - (count - gap))
  }
  for (let word = 0; word < addressWords; word++) words[at + word] = groups[2 * word]! * 0x1_0000 + groups[2 * word + 1]!
  return true
}

/** Behind the hexadecimal digits from `index` on. */
function groupEnd(text: string, index: number, end: number): number {
  let next = index
  while (next < end && isHexadecimal(text.charCodeAt(next))) next++
  return next
}

function isHexadecimal(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66)
}
