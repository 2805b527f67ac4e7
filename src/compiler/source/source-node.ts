/**
 * A parsed value that knows where it stands. Places are computed only when asked for: a definition of many megabytes has hundreds of
 * thousands of values, and a report names a few of them.
 */
import type { Location } from './location.ts'

export type SourceNode = ObjectNode | ArrayNode | ScalarNode

type Place = {
  readonly parent: SourceNode | null
  /** Key or index below the parent, as it stands in a JSON Pointer, unescaped; empty for the root. */
  readonly step: string
  /** Relative to the project folder, like `at.file`, and cheap to ask for. */
  readonly file: string
  readonly at: Location
}

export type ObjectNode = Place & {
  readonly kind: 'object'
  /** In the order of the file. A Map, so that a key like `__proto__` is only a key. */
  readonly entries: ReadonlyMap<string, ObjectEntry>
}

export type ObjectEntry = { readonly keyAt: Location; readonly value: SourceNode }

export type ArrayNode = Place & { readonly kind: 'array'; readonly items: readonly SourceNode[] }

export type ScalarNode = Place & {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  /** A string's value; anything else as the file writes it, so that `version: 1.0` is not read as `1`. */
  readonly text: string
}
