/** Reads what the documents of this project are made of: sections, tables and fenced blocks. */
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root: string = resolve(import.meta.dirname, '../..')

/** Every document, by its path in the repository. */
export const documents: readonly string[] = globSync(['*.md', 'docs/**/*.md', 'samples/*/*.md'], { cwd: root }).toSorted()

export function readDocument(name: string): string {
  return readFileSync(join(root, name), 'utf8')
}

/** A document without its fenced blocks, in which a `#` is no heading. */
export function prose(markdown: string): string {
  return markdown.replaceAll(/^```.*?^```$/gms, '')
}

/** What stands below a heading of any level, up to the next of the same or a higher one. */
export function section(markdown: string, heading: string): string {
  const lines = markdown.split('\n')
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading)
  if (start === -1) throw new Error(`there is no section ${heading}`)
  const level = lines[start]!.indexOf(' ')
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= level)
  return lines.slice(start + 1, length === -1 ? undefined : start + 1 + length).join('\n')
}

export type Row = Readonly<Record<string, string>>

/** The rows of every table whose first column has this name, each cell by the name of its column. */
export function rowsOf(markdown: string, firstColumn: string): readonly Row[] {
  const tables = prose(markdown).matchAll(/^\|(.*)\|\n\|[-| ]+\|\n((?:\|.*\|\n?)*)/gm)
  return [...tables].flatMap(([, head = '', body = '']) => {
    const columns = cellsOf(head)
    if (columns[0] !== firstColumn) return []
    return body
      .trimEnd()
      .split('\n')
      .map((line) => {
        const cells = cellsOf(line.slice(1, -1))
        if (cells.length !== columns.length) throw new Error(`a row has ${cells.length} cells instead of ${columns.length}: ${line}`)
        return Object.fromEntries(cells.map((cell, index) => [columns[index], cell]))
      })
  })
}

function cellsOf(line: string): readonly string[] {
  return line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))
}

/** The texts between backquotes. */
export function codeSpans(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span)
}

/** The only code span of a cell, which is nothing but that. */
export function codeSpan(cell: string): string {
  const span = /^`([^`]+)`$/.exec(cell)?.[1]
  if (span === undefined) throw new Error(`${cell} is not a code span`)
  return span
}

export type Block = {
  readonly language: string
  /** What follows the language: `project=full file=postern.yaml`. */
  readonly attributes: ReadonlyMap<string, string>
  readonly text: string
}

export function fencedBlocks(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\S*)([^\n]*)\n(.*?)^```$/gms)].map(([, language = '', rest = '', text = '']) => ({
    language,
    attributes: new Map([...rest.matchAll(/(\w+)=(\S+)/g)].map(([, key = '', value = '']) => [key, value])),
    text,
  }))
}
