/** What has become of a Microgateway project, thing by thing, for a person who answers for it. */
import type { Diagnostics } from '../../compiler/diagnostics.ts'
import { ticked } from '../formats/document.ts'
import { codeSpan } from '../formats/markdown-text.ts'
import { visible } from '../formats/text.ts'
import type { Outcome } from './outcome.ts'

const groups: readonly (readonly [Outcome['kind'], string, string])[] = [
  ['not-supported', 'Not supported', 'Decide on each: without it, the gateway does not do what the old one did.'],
  ['differs', 'Carried over with a difference', 'Read each: it does not mean quite the same.'],
  ['carried', 'Carried over', ''],
]

/** Markdown. `diagnostics`: what `postern check` finds in the new project. */
export function importReport(source: string, outcomes: readonly Outcome[], diagnostics: Diagnostics): string {
  const findings = diagnostics.sorted.map(
    ({ severity, code, message, at }) => `| ${severity} | \`${code}\` | ${cell(`${at.file}:${at.line}`)} | ${cell(message)} |\n`,
  )
  const sections = groups.map(([kind, title, meaning]) => {
    const rows = outcomes.filter((outcome) => outcome.kind === kind)
    const lines = rows.map(({ what, at, how }) => `| ${cell(what)} | ${cell(at)} | ${cell(how)} |\n`)
    return `## ${title} (${rows.length})\n\n${meaning === '' ? '' : `${meaning}\n\n`}${table('| What | Where | How |\n|---|---|---|\n', lines)}`
  })
  return [
    `# Imported from ${cell(source)}\n\nMade by \`postern import wso2\`. Differences that hold for every project: docs/from-wso2.md of Postern.\n`,
    `## What \`postern check\` finds (${findings.length})\n\n${table('| | Code | Where | What |\n|---|---|---|---|\n', findings)}`,
    ...sections,
  ].join('\n')
}

function table(head: string, rows: readonly string[]): string {
  return rows.length === 0 ? 'Nothing.\n' : head + rows.join('')
}

/** One cell of a table, whatever is in it. Many read the file as it is: only what would be markup is written otherwise. */
function cell(text: string): string {
  return ticked(text)
    .map((part) => (typeof part === 'string' ? noMarkup(part) : codeSpan(part.code)))
    .join('')
}

function noMarkup(text: string): string {
  return visible(text)
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/\\(?=[!-/:-@[-`{-~])/g, '&#92;')
    .replaceAll('`', '&#96;')
    .replaceAll('<', '&lt;')
    .replaceAll('|', '\\|')
}
