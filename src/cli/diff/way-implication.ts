/**
 * Whom ways of being admitted let in, compared by meaning. Every way is an AND of what can be held independently of everything else, so one
 * OR of them admits all that another does exactly where each of the other's ways contains one of its own.
 */
import type { Way } from '../certificate/ways.ts'

/**
 * What of `ways` is let in by none of `others`: the way, and of a token the issuers for which that is so.
 */
export function beyond(ways: readonly Way[], others: readonly Way[]): readonly Way[] {
  return ways.flatMap((way) => {
    if (way.token === null) return others.some((other) => isMetBy(other, way, null)) ? [] : [way]
    const issuers = way.token.issuers.filter((issuer) => !others.some((other) => isMetBy(other, way, issuer)))
    return issuers.length === 0 ? [] : [{ ...way, token: { ...way.token, issuers } }]
  })
}

/** Whether everybody who holds what `held` asks for, its token from `issuer`, is let in by `asked`. */
function isMetBy(asked: Way, held: Way, issuer: string | null): boolean {
  return (
    (asked.token === null ||
      (held.token !== null && issuer !== null && asked.token.issuers.includes(issuer) && hasAll(held.token.scopes, asked.token.scopes))) &&
    (asked.apiKey === null || (held.apiKey !== null && hasAll(held.apiKey.scopes, asked.apiKey.scopes))) &&
    (asked.password === null || (held.password !== null && hasAll(held.password.scopes, asked.password.scopes))) &&
    (!asked.certificate || held.certificate)
  )
}

function hasAll(held: readonly string[], asked: readonly string[]): boolean {
  return asked.every((scope) => held.includes(scope))
}
