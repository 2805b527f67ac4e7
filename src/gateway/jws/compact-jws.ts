/**
 * The text of a compact JWS (RFC 7515 §3.1), taken apart before anything in it is trusted. Only the canonical base64url text is
 * accepted: no padding, no unused bits, no white space. So one token has one text, and what is known by its text (the verified-token
 * cache, a revocation) cannot be had again in another spelling.
 */
import { isJsonObject, type JsonObject, ownMember } from '../json-object.ts'

/** Characters, which are bytes in what is accepted. */
export const maxTokenLength: number = 16 * 1024

export type CompactJws = {
  /** Header and payload as they stand in the token, with the dot between them. */
  readonly signed: Buffer
  readonly signature: Buffer
  readonly header: JsonObject
  readonly claims: JsonObject
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Returns undefined for anything that is not three canonical parts, the first two of them JSON objects. */
export function readCompactJws(text: string): CompactJws | undefined {
  const parts = text.split('.', 4)
  const [encodedHeader, payload, encodedSignature] = parts
  if (parts.length !== 3 || encodedHeader === undefined || payload === undefined || encodedSignature === undefined) return undefined
  const signature = decodeCanonical(encodedSignature)
  // No algorithm that is accepted has an empty signature; `none` has.
  if (signature === undefined || signature.length === 0) return undefined
  const header = readJsonObject(encodedHeader)
  const claims = readJsonObject(payload)
  if (header === undefined || claims === undefined) return undefined
  return { signed: Buffer.from(text.slice(0, encodedHeader.length + 1 + payload.length), 'latin1'), signature, header, claims }
}

function readJsonObject(encoded: string): JsonObject | undefined {
  const bytes = decodeCanonical(encoded)
  if (bytes === undefined) return undefined
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes))
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Decoding in Node is lenient; encoding again is not. */
function decodeCanonical(encoded: string): Buffer | undefined {
  const bytes = Buffer.from(encoded, 'base64url')
  return bytes.toString('base64url') === encoded ? bytes : undefined
}

/** The header's `typ`, in lower case and without `application/`, which may be left out (RFC 7515 §4.1.9). */
export function typeOf(header: JsonObject): unknown {
  const type = ownMember(header, 'typ')
  return typeof type === 'string' ? type.toLowerCase().replace(/^application\//, '') : type
}
