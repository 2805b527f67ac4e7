/** Sets of the plan's scopes as bits: whether a token holds what is required is a comparison of words. */

/** Positions of the plan's scopes in a set. */
export type ScopeTable = { readonly positions: ReadonlyMap<string, number>; readonly words: number }

export function scopeTable(scopes: readonly string[]): ScopeTable {
  return { positions: new Map(scopes.map((scope, position) => [scope, position])), words: Math.ceil(scopes.length / 32) }
}

/** Positions that are not in the plan cannot be required and are left out by the caller. */
export function scopeBits(table: ScopeTable, positions: Iterable<number>): Uint32Array {
  const bits = new Uint32Array(table.words)
  for (const position of positions) bits[position >>> 5]! |= 1 << (position & 31)
  return bits
}

/** A scope claim: words with spaces between (RFC 8693 §4.2), or a list. Anything else holds no scope. */
export function heldScopes(table: ScopeTable, claim: unknown): Uint32Array {
  const names: readonly unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []
  const positions: number[] = []
  for (const name of names) {
    const position = typeof name === 'string' ? table.positions.get(name) : undefined
    if (position !== undefined) positions.push(position)
  }
  return scopeBits(table, positions)
}

export function holdsAll(held: Uint32Array, required: Uint32Array): boolean {
  for (let word = 0; word < required.length; word++) {
    if ((required[word]! & ~held[word]!) !== 0) return false
  }
  return true
}
