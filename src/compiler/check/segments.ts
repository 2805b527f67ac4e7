/** Which texts a segment of a route matches, compared with another one. An escape (`%20`) is one character: nothing begins inside it. */
import type { SegmentShape } from './routes.ts'

/** Whether every text that `specific` matches is matched by `general` as well. */
export function covers(general: SegmentShape, specific: SegmentShape): boolean {
  // NUL stands in for whatever a parameter matches: no literal holds it, so only a parameter can match it.
  return matches(general, specific.join('\0'))
}

/** Whether some text is matched by both. */
export function overlap(a: SegmentShape, b: SegmentShape): boolean {
  if (a.length === 1) return matches(b, a[0] ?? '')
  if (b.length === 1) return matches(a, b[0] ?? '')
  // Between prefix and suffix, each can take up whatever the other wants there.
  return oneStarts(a[0] ?? '', b[0] ?? '') && oneEnds(a.at(-1) ?? '', b.at(-1) ?? '')
}

/** Takes each literal at the first place where it fits: that leaves the most room for the next. */
function matches(shape: SegmentShape, text: string): boolean {
  const [prefix = '', ...rest] = shape
  const suffix = rest.pop()
  if (suffix === undefined) return text === prefix
  if (!text.startsWith(prefix) || !text.endsWith(suffix)) return false
  let end = prefix.length
  for (const literal of rest) {
    let found = text.indexOf(literal, end + 1)
    while (found !== -1 && isInEscape(text, found)) found = text.indexOf(literal, found + 1)
    if (found === -1) return false
    end = found + literal.length
  }
  const limit = text.length - suffix.length
  return limit > end && !isInEscape(text, limit)
}

function isInEscape(text: string, position: number): boolean {
  return text[position - 1] === '%' || text[position - 2] === '%'
}

function oneStarts(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a)
}

function oneEnds(a: string, b: string): boolean {
  const [long, short] = a.length < b.length ? [b, a] : [a, b]
  return long.endsWith(short) && !isInEscape(long, long.length - short.length)
}
