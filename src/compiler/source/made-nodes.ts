/** Nodes that no file holds as they are: what another notation says, written as the values it stands for, with its places. */
import type { Location } from './location.ts'
import type { ArrayNode, ObjectEntry, ObjectNode, ScalarNode, SourceNode } from './source-node.ts'

export function madeObject(at: Location, entries: Iterable<readonly [string, ObjectEntry | null]>): ObjectNode {
  const present = [...entries].flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]))
  return { kind: 'object', ...place(at), entries: new Map(present) }
}

export function madeList(at: Location, items: readonly SourceNode[]): ArrayNode {
  return { kind: 'array', ...place(at), items }
}

export function madeText(at: Location, value: string): ScalarNode {
  return { kind: 'scalar', ...place(at), value, text: value }
}

/** A member of a made object whose key stands where its value does. */
export function madeEntry(value: SourceNode, keyAt: Location = value.at): ObjectEntry {
  return { keyAt, value }
}

function place(at: Location): { readonly parent: null; readonly step: string; readonly file: string; readonly at: Location } {
  return { parent: null, step: '', file: at.file, at }
}
