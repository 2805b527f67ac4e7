import { renderMarkdown, type Table } from './table.ts'

export type Report = {
  readonly circumstances: readonly string[]
  /** Peers that did not take part, each with the reason. */
  readonly skipped: readonly string[]
  readonly tables: readonly Table[]
}

const list = (items: readonly string[]) => items.map((item) => `- ${item}`).join('\n')

export const soakTitle = 'Soak'
export const revocationSoakTitle = 'Revocations under trouble'

/** The whole of docs/benchmarks.md, with sections in the order of `titles`: those of this run, else those of `previous`. */
export function renderDocument({ circumstances, skipped, tables }: Report, previous: string, titles: readonly string[]): string {
  const kept = sectionsOf(previous)
  const sections = titles.flatMap((title) => {
    const table = tables.find((candidate) => candidate.title === title)
    if (table !== undefined) return [renderMarkdown(table)]
    return kept.filter((section) => section.title === title).map(({ text }) => `${text.trimEnd()}\n`)
  })
  return `# Benchmarks

Made by \`npm run bench\`, \`npm run soak\` and \`npm run soak:revocation\` with \`--markdown docs/benchmarks.md\`; a run replaces the sections that it measures. Quote
ratios from one run: absolute figures say as much about the machine, and what else it was doing, as about the proxies. Each cell is the
median of the rounds, with the smallest and the largest in parentheses.

CPU is the user and system time of the proxy's processes and threads, divided by the requests they answered. Every peer has one core, its
access log off and connections kept alive on both sides, and is checked to do what it is compared for: those with policies refuse a
missing, a forged and a foreign token and one without the scope. \`÷ nginx\` is a row's CPU divided by nginx's in the same round.
Latencies are taken in a separate load that sends at a fixed rate and does not wait for answers. Each section says when it was taken and how
busy the machine was before: above 0.3, other programs had a share in the figures.

What a gateway does with its time: \`npm run profile -- --transport cleartext\` (or \`tls\`, \`http2\`, \`http2-tls\`) samples it under load and
prints the functions that were running, in µs a request, and the part of it that the kernel took.

${list(circumstances)}
${skipped.length === 0 ? '' : `\nNot measured:\n\n${list(skipped)}\n`}
${sections.join('\n')}`
}

/** The document with this section in the place of the one with its title, or at the end. */
export function replaceSection(document: string, table: Table): string {
  const sections = sectionsOf(document)
  const start = document.slice(0, document.length - sections.reduce((sum, { text }) => sum + text.length, 0))
  const found = sections.some(({ title }) => title === table.title)
  const texts = sections.map(({ title, text }) => (title === table.title ? `${renderMarkdown(table)}\n` : text))
  return `${start}${texts.join('')}${found ? '' : `\n${renderMarkdown(table)}`}`.replace(/\n+$/, '\n')
}

/** A document's sections, each from its heading to the next. */
function sectionsOf(document: string): readonly { readonly title: string; readonly text: string }[] {
  return document
    .split(/^(?=## )/m)
    .filter((text) => text.startsWith('## '))
    .map((text) => ({ title: text.slice(3, text.indexOf('\n')), text }))
}
