import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'

const unitBytes: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['kB', 1000],
  ['KB', 1000],
  ['MB', 1000 ** 2],
  ['GB', 1000 ** 3],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
])

/** Bytes of a size such as `512B`, `16KiB` or `10MB`; `null` where the text is none. */
export function parseSize(text: string): number | null {
  const match = /^(\d{1,12})([A-Za-z]{1,3})$/.exec(text)
  const unit = unitBytes.get(match?.[2] ?? '')
  if (match === null || unit === undefined) return null
  const bytes = Number(match[1]) * unit
  return Number.isSafeInteger(bytes) ? bytes : null
}

/** The size as a person would write it, in the largest binary unit that divides it. */
export function formatSize(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB']) {
    const size = unitBytes.get(unit)
    if (size !== undefined && bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`
  }
  return `${bytes}B`
}

/** The size at a node, in bytes; anything else, and what is out of bounds, is reported. */
export function sizeAt(node: SourceNode, least: number, most: number, access: NodeAccess): number | null {
  const bytes = node.kind === 'scalar' && typeof node.value === 'string' ? parseSize(node.value) : null
  if (bytes !== null && bytes >= least && bytes <= most) return bytes
  const wanted = `a size from ${formatSize(least)} to ${formatSize(most)}`
  return access.refuse(node, `\`${node.step}\` must be ${wanted}`, 'Write sizes as `512B`, `16KiB` or `10MB`.')
}
