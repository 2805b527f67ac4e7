/** Entries as the gateway writes them into a source: what `readEntry` reads. */
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { deniedBy } from '../../contract/revocation-entries.ts'

export type EntryMember = 'jti' | 'digest' | 'client' | 'user' | 'kid' | 'apiKey' | keyof typeof deniedBy

/** By which member an entry names its thing. */
export const memberOf = {
  token: 'jti',
  digest: 'digest',
  client: 'client',
  user: 'user',
  key: 'kid',
  'api-key': 'apiKey',
  'denied-application': 'denyApplication',
  'denied-user': 'denyUser',
  'denied-api': 'denyApi',
  'denied-address': 'denyAddress',
} as const satisfies Readonly<Record<RevokedPlan['kind'], EntryMember>>

/** @param now milliseconds since the epoch, from which on readers measure how long it took. */
export function writtenEntry(entry: RevokedPlan, now: number): Readonly<Record<string, string | number>> {
  return { [memberOf[entry.kind]]: entry.name, ...writtenRest(entry, now) }
}

/** All but the name. */
export function writtenRest({ issuer, before, expires }: RevokedPlan, now: number): Readonly<Record<string, string | number>> {
  return {
    ...(issuer === null ? {} : { iss: issuer }),
    ...(before === null ? {} : { before }),
    ...(expires === null ? {} : { exp: expires }),
    at: now / 1000,
  }
}

/** What is revoked, in one text: entries with the same differ in their times only. */
export function identityOf({ kind, name, issuer }: Pick<RevokedPlan, 'kind' | 'name' | 'issuer'>): string {
  return JSON.stringify([kind, name, issuer])
}

/** Of two entries with one identity: what bars all that either of them does. */
export function joinedEntry(one: RevokedPlan, other: RevokedPlan): RevokedPlan {
  const before = one.before === null || other.before === null ? other.before : Math.max(one.before, other.before)
  const expires = one.expires === null || other.expires === null ? null : Math.max(one.expires, other.expires)
  return { ...other, before, expires }
}
