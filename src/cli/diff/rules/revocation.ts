/** What is revoked, and how the gateway learns it. */
import type { ManifestFeed } from '../../../contract/manifest/revocation-feed.ts'
import type { Manifest } from '../../../contract/manifest.ts'
import { describeMilliseconds } from '../../described-rules.ts'
import { type Compare, members, named, optional } from '../comparison.ts'
import { amount, changed, flag, place, written } from '../leaves.ts'
import { authorities } from './authorities.ts'
import { staleRule } from './stale-rule.ts'

type Revocation = NonNullable<Manifest['revocation']>

/** `null` where there is none. */
const milliseconds = (what: string, raised: 'weakening' | 'harmless', lowered: 'weakening' | 'harmless'): Compare<number | null> =>
  optional(
    () => ['weakening', `${what} is said now`],
    () => ['weakening', `${what} is said no more`],
    amount({ what, raised, lowered, write: describeMilliseconds }),
  )

const feeds: Compare<readonly ManifestFeed[]> = named<ManifestFeed>({
  key: ({ type, addresses, followed }) => JSON.stringify([type, addresses, followed]),
  of: ({ type, addresses }) => `feed ${type} ${addresses.join(', ')}`,
  added: ({ addresses }) => ['harmless', `revocations are learnt from ${addresses.join(', ')} as well`],
  gone: ({ addresses }) => ['weakening', `revocations are learnt from ${addresses.join(', ')} no more`],
  both: members<ManifestFeed>({
    type: changed('weakening', 'the type of the feed'),
    addresses: changed('weakening', 'the address of the feed', (value) => value.join(', ')),
    followed: changed('weakening', 'what is followed'),
    publishes: flag(
      ['harmless', 'what is revoked through the gateway is published'],
      ['weakening', 'what is revoked through the gateway is published no more'],
    ),
    login: changed('weakening', 'as whom the gateway comes to the feed', (value) => written(value?.username ?? null)),
    authorities: authorities('the feed'),
    everyMilliseconds: milliseconds('the time after which the list is asked for again', 'weakening', 'harmless'),
    keepMilliseconds: milliseconds('the time for which entries are kept that say no end', 'harmless', 'weakening'),
    at: place,
  }),
})

export const revocation: Compare<Revocation | null> = optional(
  () => ['harmless', 'the gateway learns what is revoked'],
  () => ['weakening', 'the gateway does not learn what is revoked any more'],
  members<Revocation>({
    snapshot: amount({ what: 'the number of entries that are known from the start', raised: 'harmless', lowered: 'weakening' }),
    snapshotAt: place,
    persist: optional(
      () => ['harmless', 'what feeds say is kept on disk'],
      () => ['weakening', 'what feeds say is not kept over a restart any more'],
      // What topics have said stays in the old one.
      changed('weakening', 'the folder where it is kept'),
    ),
    capacity: amount({ what: 'the number of entries that there is room for', raised: 'capacity', lowered: 'weakening' }),
    feeds,
    denies: flag(['harmless', 'feeds may deny callers'], ['weakening', 'feeds deny callers no more']),
    onStale: members<Revocation['onStale']>({
      ...staleRule,
    }),
    at: place,
  }),
)

type Entry = Manifest['deny'][number]

/** An entry stands for all requests for which its conditions hold; one with fewer of them covers it. */
export const deny: Compare<readonly Entry[]> = (before, after, where) => {
  const covered = (entry: Entry, others: readonly Entry[]): boolean =>
    others.some(({ conditions }) => conditions.every((each) => entry.conditions.includes(each)))
  const keyed = named<Entry>({
    key: ({ conditions }) => JSON.stringify(conditions.toSorted()),
    added: (entry) =>
      covered(entry, before)
        ? ['harmless', `it is said once more that requests are refused where ${entry.conditions.join(' and ')}`]
        : ['breaking', `requests are refused where ${entry.conditions.join(' and ')}`],
    gone: (entry) =>
      covered(entry, after)
        ? ['harmless', `it is not said any more that requests are refused where ${entry.conditions.join(' and ')}; another entry says it`]
        : ['weakening', `requests are refused no more where ${entry.conditions.join(' and ')}`],
    both: members<Entry>({ conditions: changed('harmless', 'the order of conditions'), at: place }),
  })
  return keyed(before, after, where)
}
