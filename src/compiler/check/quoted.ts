/** A stranger's text for a message: in backquotes, and no longer than is of use to a reader. */
export function quoted(text: string): string {
  return text.length <= 120 ? `\`${text}\`` : `\`${text.slice(0, 119)}…\``
}
