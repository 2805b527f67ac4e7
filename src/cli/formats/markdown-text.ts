/** Strangers’ text in Markdown (CommonMark, with the tables of GitHub): it stays text, whatever is in it. */
import { ticked } from './document.ts'
import { visible } from './text.ts'

/** Texts between backticks become code spans; everything else is plain. */
export function inlineText(text: string): string {
  return ticked(text)
    .map((part) => (typeof part === 'string' ? plainText(part) : codeSpan(part.code)))
    .join('')
}

/** A code span that nothing in the text can end, in a cell of a table too. */
export function codeSpan(text: string): string {
  const shown = visible(text)
  // In a cell of a table, a bar ends it even within a code span.
  if (shown.includes('|') || shown.trim() === '') return plainText(shown)
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const padding = /^[ `]|[ `]$/.test(shown) ? ' ' : ''
  return `${fence}${padding}${shown}${padding}${fence}`
}

/** Numeric references for all that could be markup, a mention of somebody, a reference to an issue or a link. */
export function plainText(text: string): string {
  return visible(text)
    .replace(/[&<>"'`*_{}[\]#|\\~@$]/g, reference)
    .replace(/:(?=\/\/)/g, reference)
    .replace(/\bwww(?=\.)/gi, (found) => `${found.slice(0, 2)}${reference(found.slice(2))}`)
    .replace(/^\s*(?:[-+=:]|\d+(?=[.)]))/, (found) => [...found].map((each) => (each === ' ' ? each : reference(each))).join(''))
}

function reference(character: string): string {
  return `&#${character.codePointAt(0)};`
}
