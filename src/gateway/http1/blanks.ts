/**
 * The white space that may surround a field's value (OWS, RFC 9110 §5.6.3): spaces and tabs. JavaScript's own `trim` takes more, among it the
 * byte 0xA0, with which "à" ends in UTF-8.
 */
const space = 0x20
const tab = 0x09

export function isBlank(code: number): boolean {
  return code === space || code === tab
}

/** `text[start, end)` without the blanks around it. */
export function withoutBlanks(text: string, start: number, end: number): string {
  let from = start
  let to = end
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}
