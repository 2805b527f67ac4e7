/** What holds for the keys of every source file, in either syntax. */
import type { Diagnostics } from '../diagnostics.ts'
import type { LocatedEntry, LocatedObject } from './located-nodes.ts'

/**
 * Adds an entry. The second of two equal keys is left out (`duplicate-key`). `__proto__` has no honest use as a key (`forbidden-key`);
 * `constructor` and `prototype` are names that a schema may use, and are only keys here.
 */
export function addEntry(object: LocatedObject, key: string, entry: LocatedEntry, diagnostics: Diagnostics): void {
  const first = object.entries.get(key)
  if (first !== undefined) {
    const { line, column } = first.keyAt
    diagnostics.report('duplicate-key', entry.keyAt, `the key \`${key.slice(0, 80)}\` stands already in line ${line}, column ${column}`)
    return
  }
  if (key === '__proto__') {
    diagnostics.report(
      'forbidden-key',
      entry.keyAt,
      '`__proto__` cannot be a key: much software that reads JSON takes it for the prototype',
    )
  }
  object.entries.set(key, entry)
}
