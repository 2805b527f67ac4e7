/** Objects as JSON has them. */
export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member of a parsed object; never what the object inherits. */
export function ownMember(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/**
 * A word, whether JSON has it as text, as a number or as a truth value; empty for anything else. Of an object, `String` calls what it says is its
 * `toString`, and throws where that is none.
 */
export function wordOf(value: unknown): string {
  const isWord = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
  return isWord ? String(value) : ''
}
