/** Canonical JSON in the manner of RFC 8785: one value has one text, so that equal plans are equal bytes and have equal digests. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** No white space, members sorted by their UTF-16 code units. Throws on a number that JSON cannot hold. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no such number')
    return JSON.stringify(value)
  }
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
}

// Array.isArray does not narrow readonly arrays.
function isArray(value: object): value is readonly Json[] {
  return Array.isArray(value)
}
