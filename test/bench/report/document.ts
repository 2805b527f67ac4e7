import { renderMarkdown, type Table } from './table.ts'

export type Report = {
  readonly circumstances: readonly string[]
  /** Peers that did not take part, each with the reason. */
  readonly skipped: readonly string[]
  readonly tables: readonly Table[]
}

/** The whole of docs/benchmarks.md. */
export function renderDocument({ circumstances, skipped, tables }: Report): string {
  const list = (items: readonly string[]) => items.map((item) => `- ${item}`).join('\n')
  return `# Benchmarks

Made by \`npm run bench -- --markdown docs/benchmarks.md\`. Quote ratios from one run: absolute figures say as much about the machine, and
what else it was doing, as about the proxies. Each cell is the median of the rounds, with the smallest and the largest in parentheses.

CPU is the user and system time of the proxy's processes and threads, divided by the requests they answered. Every peer has one core, its
access log off and connections kept alive on both sides, and is checked to do what it is compared for: those with policies refuse a
missing, a forged and a foreign token and one without the scope. \`÷ nginx\` is a row's CPU divided by nginx's in the same round.
Latencies are taken in a separate load that sends at a fixed rate and does not wait for answers.

${list(circumstances)}
${skipped.length === 0 ? '' : `\nNot measured:\n\n${list(skipped)}\n`}
${tables.map(renderMarkdown).join('\n')}`
}
