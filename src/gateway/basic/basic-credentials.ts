/** User and password of the Basic scheme (RFC 7617), read strictly: one pair has one text. */

/** Characters of the encoded pair. */
const longest = 1024

export type BasicCredentials = { readonly name: string; readonly password: string }

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The encoded pair; undefined when the field's value is for another scheme. */
export function encodedPair(value: string): string | undefined {
  const scheme = value.slice(0, 6).toLowerCase()
  return scheme === 'basic ' || scheme === 'basic' ? value.slice(6) : undefined
}

/** Returns undefined for what is not canonical base64 of UTF-8 with a colon and without control characters. */
export function readPair(encoded: string): BasicCredentials | undefined {
  if (encoded.length > longest) return undefined
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.toString('base64') !== encoded) return undefined
  const text = decode(bytes)
  const colon = text.indexOf(':')
  if (colon === -1 || /\p{Cc}/u.test(text)) return undefined
  // Clients compose characters in different ways (RFC 8265 §4.2.1).
  return { name: text.slice(0, colon).normalize('NFC'), password: text.slice(colon + 1).normalize('NFC') }
}

/** Empty for what is no UTF-8. */
function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return ''
  }
}
