/**
 * Distinguished names as RFC 4514 writes them: `CN=partner,O=Acme,C=DE`. A name is brought into the one form in which OpenSSL, and so Node,
 * writes the same name of a certificate; what is equal then is the same name.
 */

/** OpenSSL's short names of the attributes that names of clients have, by the name or number that a person may write. */
const attributes: ReadonlyMap<string, string> = new Map(
  [
    ['CN', '2.5.4.3'],
    ['SN', '2.5.4.4'],
    ['serialNumber', '2.5.4.5'],
    ['C', '2.5.4.6'],
    ['L', '2.5.4.7'],
    ['ST', '2.5.4.8'],
    ['street', '2.5.4.9'],
    ['O', '2.5.4.10'],
    ['OU', '2.5.4.11'],
    ['title', '2.5.4.12'],
    ['GN', '2.5.4.42'],
    ['DC', '0.9.2342.19200300.100.1.25'],
    ['UID', '0.9.2342.19200300.100.1.1'],
    ['emailAddress', '1.2.840.113549.1.9.1'],
    ['organizationIdentifier', '2.5.4.97'],
  ].flatMap(([name = '', number = '']) => [
    [name.toLowerCase(), name],
    [number, name],
  ]),
)

/** An attribute and its value, up to the comma before the next one, which the value has escaped. */
const part = /^\s*([A-Za-z0-9.]+)\s*=\s*((?:[^\\,+"<>;]|\\[0-9A-Fa-f]{2}|\\[ "#+,;<=>\\])*)$/

/** `null` for what is no name, or one with parts that cannot be compared: several values in one part, or `#` and hex digits. */
export function canonicalName(text: string): string | null {
  const parts = text.match(/(?:\\.|[^\\,])+/gs) ?? []
  if (parts.length === 0 || parts.join(',') !== text) return null
  const written = parts.map(canonicalPart)
  return written.every((each) => each !== null) ? written.join(',') : null
}

function canonicalPart(text: string): string | null {
  const [, type = '', escaped = ''] = part.exec(text) ?? []
  const name = attributes.get(type.toLowerCase())
  // Blanks around a value are none of it, unless they are escaped.
  const trimmed = escaped.replace(/(?<!\\) +$/, '')
  if (name === undefined || trimmed === '' || trimmed.startsWith('#')) return null
  const value = unescaped(trimmed)
  return value === null ? null : `${name}=${escapedAsOpenSsl(value)}`
}

/** Escaped bytes are UTF-8; `null` where they are not. */
function unescaped(text: string): string | null {
  const bytes = Buffer.concat(
    [...text.matchAll(/\\([0-9A-Fa-f]{2})|\\(.)|([^\\]+)/g)].map(([, hex, character, plain]) =>
      hex === undefined ? Buffer.from(character ?? plain ?? '') : Buffer.from(hex, 'hex'),
    ),
  )
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function escapedAsOpenSsl(value: string): string {
  return value
    .replaceAll(/[,+"\\<>;]/g, '\\$&')
    .replaceAll(/[\u0000-\u001f\u007f]/g, (character) => `\\${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replace(/^[# ]/, '\\$&')
    .replace(/(?<!\\) $/, '\\ ')
}
