/**
 * Makes the request target canonical (RFC 3986 §6.2.2), so that what is matched, authorised, counted and logged is byte for byte what
 * the backend gets. Nothing is repaired: a target that two implementations could read differently is refused.
 */
import { hexValue, isPlainPath, isPlainQuery, isUnreserved } from '../http1/characters.ts'

const percent = 0x25
const slash = 0x2f
const dot = 0x2e
const questionMark = 0x3f

/** Filled by `canonicalise`; one object for each connection, so that a request allocates nothing for it. */
export type CanonicalTarget = {
  /** Starts with `/`. Unreserved characters are decoded, every other escape has upper-case digits. */
  path: string
  /** Empty, or `?` and the query as sent. */
  query: string
}

/** Reads an origin-form target; false when it is refused. */
export function canonicalise(target: string, into: CanonicalTarget): boolean {
  if (target.charCodeAt(0) !== slash) return false
  let position = 0
  let escapes = false
  let suspectDot = false
  let previous = 0
  for (; position < target.length; position++) {
    const code = target.charCodeAt(position)
    if (isPlainPath[code] === 1) {
      if (code === dot && previous === slash) suspectDot = true
      previous = code
      continue
    }
    if (code === percent) escapes = true
    else if (code === questionMark) break
    else return false
    previous = code
  }
  const rawPath = position === target.length ? target : target.slice(0, position)
  const path = escapes ? decodeUnreserved(rawPath) : rawPath
  if (path === undefined || ((escapes || suspectDot) && hasDotSegment(path))) return false
  into.path = path
  if (position === target.length) {
    into.query = ''
    return true
  }
  into.query = target.slice(position)
  return isCleanQuery(into.query)
}

function isCleanQuery(query: string): boolean {
  let escapes = false
  for (let position = 1; position < query.length; position++) {
    const code = query.charCodeAt(position)
    if (isPlainQuery[code] === 1) continue
    if (code !== percent) return false
    escapes = true
  }
  return !escapes || decodesCleanly(query)
}

/** Whether a dot segment stands in the path, alone or next to an encoded slash or a path parameter (`..;x`), which some backends remove. */
function hasDotSegment(path: string): boolean {
  return /(?:^|\/|%2F)\.{1,2}(?:$|\/|;|%2F|%3B)/.test(path)
}

/** The canonical path, or undefined where it holds an escape that is malformed, NUL, a backslash, or not UTF-8. */
function decodeUnreserved(path: string): string | undefined {
  // A backslash separates segments on some platforms.
  if (!decodesCleanly(path) || /%5C/i.test(path)) return undefined
  return path.replace(/%[0-9A-Fa-f]{2}/g, (octet) => {
    const code = Number.parseInt(octet.slice(1), 16)
    return isUnreserved[code] === 1 ? String.fromCharCode(code) : octet.toUpperCase()
  })
}

function decodesCleanly(text: string): boolean {
  for (let position = text.indexOf('%'); position !== -1; position = text.indexOf('%', position + 3)) {
    const high = hexValue[text.charCodeAt(position + 1)]
    const low = hexValue[text.charCodeAt(position + 2)]
    if (high === undefined || low === undefined || high === 255 || low === 255) return false
    if (high === 0 && low === 0) return false
  }
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
