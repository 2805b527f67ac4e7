/**
 * Literal text of a path in the canonical form (RFC 3986 section 6.2.2) to which the gateway brings every request target: unreserved
 * characters decoded, all other escapes in upper case. Whatever a request could not reach is refused.
 */
export type CanonicalText = { readonly kind: 'canonical'; readonly text: string } | { readonly kind: 'refused'; readonly problem: string }

export function canonicalPathText(text: string): CanonicalText {
  const problem = problemOf(text)
  if (problem !== null) return { kind: 'refused', problem }
  return { kind: 'canonical', text: text.replaceAll(/%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~!$&'()*+,;=:@/%-]/gu, canonicalCharacter) }
}

/** Whether a canonical path holds `.` or `..` as a segment, also next to an encoded slash or a path parameter: the gateway refuses it. */
export function hasDotSegment(path: string): boolean {
  return /(?:^|\/|%2F)\.{1,2}(?:$|\/|;|%2F|%3B)/.test(path)
}

function problemOf(text: string): string | null {
  if (!text.isWellFormed()) return 'it holds half a surrogate pair'
  if (/[\u0000-\u001f\u007f]/.test(text)) return 'it holds a control character'
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return 'it holds a % that begins no escape'
  if (/%00/.test(text)) return 'it holds an encoded NUL'
  if (/\\|%5C/i.test(text)) return 'it holds a backslash'
  try {
    decodeURIComponent(text)
    return null
  } catch {
    return 'its escapes are not UTF-8'
  }
}

function canonicalCharacter(found: string): string {
  if (!found.startsWith('%')) return encodeURIComponent(found)
  const character = String.fromCharCode(Number.parseInt(found.slice(1), 16))
  return /[A-Za-z0-9._~-]/.test(character) ? character : found.toUpperCase()
}
