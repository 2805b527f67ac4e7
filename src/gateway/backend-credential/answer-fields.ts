/** What is noticed and dropped in answers besides: what a backend says to the gateway is not for the client. */
import type { WatchedFields } from '../http1/watched-fields.ts'

/** RFC 9110 §11.6. */
const names = ['www-authenticate', 'authentication-info']

const extended = new WeakMap<WatchedFields, WatchedFields>()

/** The same fields with those behind them. */
export function withAuthentication(fields: WatchedFields): WatchedFields {
  const known = extended.get(fields)
  if (known !== undefined) return known
  const more = fields.and(names)
  extended.set(fields, more)
  return more
}

/** Slots, in what `withAuthentication` made of fields. */
export function challengeSlot(extendedFields: WatchedFields): number {
  return extendedFields.count - 2
}

export function infoSlot(extendedFields: WatchedFields): number {
  return extendedFields.count - 1
}
