/** Reads the claims that the project names, whose names are not fixed: `scope`, `application.id`, `https://example.com/scope`. */
import { isJsonObject, type JsonObject, ownMember } from './json-object.ts'

export type ClaimReader = (claims: JsonObject) => unknown

/** A claim of exactly this name wins over a path of the same spelling: names that are URLs have dots in them. */
export function claimReader(name: string): ClaimReader {
  const path = name.split('.')
  return (claims) => {
    const whole = ownMember(claims, name)
    if (whole !== undefined || path.length === 1) return whole
    let value: unknown = claims
    for (const step of path) {
      if (!isJsonObject(value)) return undefined
      value = ownMember(value, step)
    }
    return value
  }
}

/** Non-empty text, or a number as text; undefined for anything else. */
export function identifierText(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

/** Of a list its first entry. */
export function firstOf(claim: unknown): unknown {
  return Array.isArray(claim) ? claim[0] : claim
}
