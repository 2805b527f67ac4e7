import type { Summary } from '../statistics.ts'

export type Table = {
  readonly title: string
  /** How it was taken, and what it was to reach. */
  readonly notes: readonly string[]
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** For the terminal: the first column to the left, the others to the right. */
export function renderText({ title, notes, columns, rows }: Table): string {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join('  ')
  return [title, line(columns), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line), ...notes, ''].join('\n')
}

export function renderMarkdown({ title, notes, columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const alignment = columns.map((_, index) => (index === 0 ? '---' : '---:'))
  return [`## ${title}`, '', line(columns), line(alignment), ...rows.map(line), '', ...notes.map((note) => `- ${note}`), ''].join('\n')
}

/** `18.4 (17.9–19.2)`: the median and the spread of the rounds. */
export function spread({ median, min, max }: Summary): string {
  return `${figure(median)} (${figure(min)}–${figure(max)})`
}

/** Three significant digits at the least. */
export function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(value >= 10 ? 1 : 2)
}

export function megabytes(bytes: number): string {
  return figure(bytes / 1e6)
}

/** Says whether a figure is what it was to be. A benchmark judges; it does not fail. */
export function target(what: string, value: number, most: number): string {
  return `${what}: ${figure(value)}, at most ${most} wanted: ${value <= most ? 'reached' : 'NOT REACHED'}`
}
