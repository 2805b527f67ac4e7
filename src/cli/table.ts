/** Text in columns. */
import { visible } from './formats/text.ts'

/** Rows with equally wide columns, indented. What nothing follows in its row takes the room that it needs, and widens no column. */
export function table(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(visible))
  const columns = Math.max(0, ...shown.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) => Math.max(0, ...shown.map((row) => followedLength(row, column))))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return shown.map((row) => `  ${line(row)}\n`).join('')
}

function followedLength(row: readonly string[], column: number): number {
  return row.slice(column + 1).some((cell) => cell !== '') ? row[column]!.length : 0
}
