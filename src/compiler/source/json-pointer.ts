/** JSON Pointer (RFC 6901) in its URI fragment form. */

/** One step of a pointer, escaped after RFC 6901 section 3 and made fit for a URI fragment (section 6). */
export function escapeStep(step: string): string {
  const escaped = step.replaceAll('~', '~0').replaceAll('/', '~1')
  return /^[A-Za-z0-9._~$&'()*+,;=:@!-]*$/.test(escaped) ? escaped : encodeFragment(escaped)
}

/**
 * The steps of a pointer fragment without its `#`: `/paths/~1pets` gives `paths` and `/pets`.
 * @returns `null` where the fragment is no JSON Pointer, or badly percent-encoded.
 */
export function parsePointer(fragment: string): readonly string[] | null {
  if (fragment === '') return []
  const decoded = percentDecode(fragment)
  if (decoded === null || !decoded.startsWith('/') || /~(?![01])/.test(decoded)) return null
  const steps = decoded.slice(1).split('/')
  return decoded.includes('~') ? steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')) : steps
}

/** @returns `null` where the text is badly percent-encoded. */
export function percentDecode(text: string): string | null {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** RFC 3986 section 3.5: a fragment's characters, everything else percent-encoded as UTF-8. */
function encodeFragment(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/%(?:24|26|2B|2C|3A|3B|3D|3F|40)/g, (octet) => decodeURIComponent(octet))
}
