/**
 * provenance.sigstore.json, the signature of a bundle's provenance. SHA256SUMS cannot name it, because a signature need not be the same bytes
 * twice, so it carries a checksum of itself. The checksum shows damage; whose the signature is, only the key shows.
 */

/** What lies beside the provenance where somebody has signed it. */
export const signatureFile = 'provenance.sigstore.json'

const place = /(?<="hint": "[0-9a-f]{64}\.)([0-9a-f]{64})(?=")/

/**
 * Sigstore's hint to the key, by which the file finds its checksum.
 * @param key lower-case hex of the key's SHA-256
 * @param checksum the same of the file's text with no checksum in it; empty in that text
 */
export function signatureHint(key: string, checksum: string): string {
  return `${key}.${checksum}`
}

/** The checksum that the file carries, and its text without; `null` for what carries none. */
export function takeChecksum(text: string): { readonly checksum: string; readonly text: string } | null {
  const [before = '', checksum, after = '', ...more] = text.split(place)
  return checksum === undefined || more.length > 0 ? null : { checksum, text: before + after }
}

/** Whether the statement in it is this one, to the byte. `statement`: in base64. */
export function signsStatement(text: string, statement: string): boolean {
  return text.includes(`"payload": "${statement}"`)
}
