import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'

const unitMilliseconds: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** Milliseconds of a duration such as `250ms`, `5s`, `1m`, `1h` or `1d`; `null` where the text is none. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text)
  const unit = unitMilliseconds.get(match?.[2] ?? '')
  if (match === null || unit === undefined) return null
  const milliseconds = Number(match[1]) * unit
  return Number.isSafeInteger(milliseconds) ? milliseconds : null
}

/** The duration as a person would write it, in the largest unit that divides it. */
export function formatDuration(milliseconds: number): string {
  const [unit, size] = [...unitMilliseconds].findLast(([, size]) => milliseconds % size === 0) ?? ['ms', 1]
  return milliseconds === 0 ? '0s' : `${milliseconds / size}${unit}`
}

/** Like `durationAt`, and 0 for `off`: no bound. */
export function durationOrOffAt(node: SourceNode, least: number, most: number, access: NodeAccess): number | null {
  const off = node.kind === 'scalar' && ['off', '0', '0s'].includes(node.text)
  return off ? 0 : durationAt(node, least, most, access)
}

/** The duration at a node, in milliseconds; anything else, and what is out of bounds, is reported. */
export function durationAt(node: SourceNode, least: number, most: number, access: NodeAccess): number | null {
  const milliseconds = node.kind === 'scalar' && typeof node.value === 'string' ? parseDuration(node.value) : null
  if (milliseconds !== null && milliseconds >= least && milliseconds <= most) return milliseconds
  const wanted = `a duration from ${formatDuration(least)} to ${formatDuration(most)}`
  return access.refuse(node, `\`${node.step}\` must be ${wanted}`, 'Write durations as `250ms`, `5s`, `1m`, `1h` or `1d`.')
}
