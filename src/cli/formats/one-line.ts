/** A finding's message and hint as one text, for formats that have one place for both. */

/** Messages have no full stop of their own; hints are sentences. */
export function inOneLine(message: string, hint: string): string {
  return /[.!?]$/.test(message) ? `${message} ${hint}` : `${message}. ${hint}`
}
