/** Character classes of HTTP as look-up tables over one byte: one array access a character on the request path. */

function table(characters: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (characters(code) ? 1 : 0))
}

function among(text: string): (code: number) => boolean {
  return (code) => text.includes(String.fromCharCode(code))
}

const alphanumeric = among('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ')
const unreserved = among('-._~')

/** tchar, RFC 9110 §5.6.2. */
export const isToken: Uint8Array = table((code) => alphanumeric(code) || among("!#$%&'*+-.^_`|~")(code))

/** What a field value may hold, RFC 9110 §5.5: visible characters, space, tab and obs-text; no control characters. */
export const isFieldValue: Uint8Array = table((code) => code === 0x09 || (code >= 0x20 && code !== 0x7f))

/** Everything visible: what may stand between the spaces of a request line; the router judges the rest. */
export const isTargetCharacter: Uint8Array = table((code) => code > 0x20 && code !== 0x7f)

/** unreserved, RFC 3986 §2.3. */
export const isUnreserved: Uint8Array = table((code) => alphanumeric(code) || unreserved(code))

/** What may stand unencoded in a path and needs no attention: pchar and `/` without `%`, RFC 3986 §3.3. */
export const isPlainPath: Uint8Array = table((code) => alphanumeric(code) || unreserved(code) || among("!$&'()*+,;=:@/")(code))

/**
 * What may stand unencoded in a query: RFC 3986 §3.4 and, because browsers send them so and no two parsers differ about them,
 * `"<>[]^`{|}`. Not `#`, backslash, space, control characters and anything beyond ASCII.
 */
export const isPlainQuery: Uint8Array = table((code) => isPlainPath[code] === 1 || among('?"<>[]^`{|}')(code))

/** A–Z become a–z, and `_` becomes `-`: names that some backends take for one another fold to the same text. */
export const foldName: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) =>
  code >= 0x41 && code <= 0x5a ? code + 0x20 : code === 0x5f ? 0x2d : code,
)

/** Value of a hexadecimal digit; 255 for every other character. */
export const hexValue: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase())
  return value === -1 ? 255 : value
})
