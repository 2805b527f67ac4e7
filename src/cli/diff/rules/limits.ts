/** Limits: what passes that did not before, and what does no more. */
import { isDeepStrictEqual } from 'node:util'
import type { ManifestLimit, ManifestNamedLimits } from '../../../contract/manifest/limit.ts'
import type { ManifestOperation } from '../../../contract/manifest/operation.ts'
import type { ManifestSharedStore } from '../../../contract/manifest/shared-store.ts'
import type { ManifestThrottling } from '../../../contract/manifest/throttling.ts'
import type { ManifestManagerService, ManifestTrafficManager } from '../../../contract/manifest/traffic-manager.ts'
import { describeBy, describeMilliseconds, describeWindows } from '../../described-rules.ts'
import { all, type Compare, differ, type Meaning, members, named, optional } from '../comparison.ts'
import type { DifferenceClass } from '../difference.ts'
import { type KnownMembers, unknownMember } from '../known-members.ts'
import { amount, changed, flag, listed, place, written } from '../leaves.ts'
import { areWithin, type Window } from '../window-strictness.ts'
import { authorities, tls } from './authorities.ts'
import { groupsOf, otherOrder } from './limit-groups.ts'

const keyOf = ({ level, by, backend, conditions }: ManifestLimit): string => JSON.stringify([level, by, backend, conditions])

/** Those of one operation. Of one level, subject and condition there is one. */
export const limits: Compare<readonly ManifestLimit[]> = all(
  named({
    key: keyOf,
    added: (limit) => [isNone(limit) ? 'harmless' : 'breaking', `${headline(limit)} is new: ${describeWindows(limit)}`],
    gone: (limit) => [isNone(limit) ? 'harmless' : 'weakening', `${headline(limit)} is gone: ${describeWindows(limit)}`],
    both: limit(),
    order: ['weakening', 'limits with conditions stand in another order: the first one that fits holds'],
  }),
  groupsOf(keyOf),
)

function isNone({ windows: none }: ManifestLimit): boolean {
  return none.length === 0
}

/** The key of a limit is its level, by whom it counts, and where; they are the same here. */
function limit(): Compare<ManifestLimit> {
  const key = changed<unknown>('weakening', 'what the limit counts')
  return (before, after, where) =>
    members<ManifestLimit>({
      tier: changed('harmless', 'the name of the tier'),
      level: key,
      by: key,
      backend: key,
      conditions: key,
      windows: windows(headline(after), before.level === 'backend' && after.level === 'backend' ? 'capacity' : 'weakening'),
      whenUsedUp: (old, now, here) =>
        old === now
          ? []
          : differ(
              now === 'mark'
                ? ['weakening', 'what is beyond the limit passes now']
                : ['breaking', 'what is beyond the limit is refused now'],
              here,
            ),
      namedAt: place,
      definedAt: place,
    })(before, after, where)
}

/** Every member of a window has a say in how strict it is, but for the words. */
const windowMembers: KnownMembers<Window> = {
  unit: true,
  amount: true,
  algorithm: true,
  windowSeconds: true,
  calendar: true,
  burst: true,
  exactness: true,
}

/** `raised`: the class of a limit that lets more through. */
function windows(what: string, raised: DifferenceClass): Compare<readonly Window[]> {
  return (before, after, where) => {
    if (isDeepStrictEqual(before, after)) return []
    const both = [...before, ...after]
    const unknown =
      unknownMember(both, windowMembers) ??
      unknownMember(
        both.flatMap(({ calendar }) => calendar ?? []),
        { period: true, timeZone: true } satisfies KnownMembers<NonNullable<Window['calendar']>>,
      )
    const was = `${what} is ${described(after)}, and was ${described(before)}`
    if (unknown !== null) return differ(['weakening', `it is not known what \`${unknown}\` means for a limit: ${was}`], where)
    const [looser, stricter] = [!areWithin(after, before), !areWithin(before, after)]
    return [
      ...(looser ? differ([raised, `a limit was raised or counts otherwise: ${was}`], where) : []),
      ...(stricter ? differ(['breaking', `a limit was lowered or counts otherwise: ${was}`], where) : []),
      ...(looser || stricter ? [] : differ(['harmless', `${what} is written otherwise, and lets the same through`], where)),
    ]
  }
}

function described(list: readonly Window[]): string {
  return describeWindows({ windows: list, whenUsedUp: 'refuse' } as ManifestLimit)
}

function headline(limit: ManifestLimit): string {
  const { level, tier, backend, conditions } = limit
  const spared = backend === null ? '' : ` that spares the ${backend} backend`
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  return `the ${level === 'backend' ? 'hard' : level} limit ${written(tier)}${spared}${where}, ${describeBy(limit)}`
}

/** 0 is no bound. */
export const concurrency: Compare<ManifestOperation['concurrency']> = optional(
  () => ['breaking', 'there is a bound on requests in flight'],
  () => ['weakening', 'there is no bound on requests in flight any more'],
  members({
    api: inFlight('of the API'),
    consumer: inFlight('of one consumer'),
    production: inFlight('to the production backend'),
    sandbox: inFlight('to the sandbox backend'),
    waitMilliseconds: amount({
      what: 'the time that requests wait for a place',
      raised: 'capacity',
      lowered: 'breaking',
      write: describeMilliseconds,
    }),
    at: place,
  }),
)

function inFlight(whose: string): Compare<number> {
  const bound = amount({ what: `the number of requests ${whose} in flight`, raised: 'capacity', lowered: 'breaking', unbounded: 0 })
  return (before, after, where) =>
    before !== 0 && after === 0
      ? differ(['weakening', `requests ${whose} in flight have no bound any more, and had one of ${before}`], where)
      : bound(before, after, where)
}

const ofAnonymous: Compare<readonly ManifestLimit[]> = all(
  named({
    key: keyOf,
    added: (each) => [isNone(each) ? 'harmless' : 'breaking', `callers without a credential are limited now: ${describeWindows(each)}`],
    gone: (each) => [isNone(each) ? 'harmless' : 'weakening', `callers without a credential are limited no more: ${describeWindows(each)}`],
    both: limit(),
    order: ['weakening', 'groups of the tier without a credential stand in another order: the first one that fits holds'],
  }),
  groupsOf(keyOf),
)

export const throttling: Compare<ManifestThrottling | null> = optional(
  () => ['breaking', 'requests are limited now'],
  () => ['weakening', 'nothing is limited any more'],
  members<ManifestThrottling>({
    store: (before, after, where) => {
      if (before === 'local' || after === 'local') return before === after ? [] : differ(storeMoved(after), where)
      if (before.kind === 'redis' && after.kind === 'redis') return store(before, after, where)
      if (before.kind === 'trafficManager' && after.kind === 'trafficManager') return manager(before, after, where)
      return differ(storeMoved(after), where)
    },
    replicas: amount({ what: 'the number of gateways that run at the same time', raised: 'capacity', lowered: 'harmless' }),
    capacity: amount({ what: 'the number of counters', raised: 'capacity', lowered: 'weakening' }),
    memoryBytes: amount({ what: 'the bytes of memory for counters', raised: 'capacity', lowered: 'harmless' }),
    rings: amount({
      what: 'the number of callers who get all of a sliding limit at the same time',
      raised: 'harmless',
      lowered: 'breaking',
    }),
    subscription: callerTiers('subscription'),
    application: callerTiers('application'),
    unauthenticated: ofAnonymous,
    custom: named<ManifestThrottling['custom'][number]>({
      key: ({ key, conditions }) => JSON.stringify([key, conditions]),
      added: ({ limit: each }) => ['breaking', `${headline(each)} is new: ${describeWindows(each)}`],
      gone: ({ limit: each }) => ['weakening', `${headline(each)} is gone: ${describeWindows(each)}`],
      both: members<ManifestThrottling['custom'][number]>({
        limit: limit(),
        key: changed('weakening', 'the key of the limit'),
        conditions: changed('weakening', 'where the limit holds'),
      }),
    }),
  }),
)

function storeMoved(after: ManifestThrottling['store']): Meaning {
  if (after === 'local') return ['weakening', 'each gateway counts for itself: limits hold as often as there are gateways']
  return after.kind === 'redis'
    ? ['breaking', 'all gateways count together: limits hold over all of them']
    : ['weakening', 'a Traffic Manager counts, after the fact: limits are exceeded until it decides']
}

const whenAway: readonly ManifestSharedStore['whenAway'][] = ['deny', 'local', 'allow']

function heldWhenAway(what: string): Compare<ManifestSharedStore['whenAway']> {
  return (before, after, where) => {
    if (before === after) return []
    const looser = whenAway.indexOf(after) > whenAway.indexOf(before) || !whenAway.includes(after)
    return differ([looser ? 'weakening' : 'breaking', `while ${what} is away, ${after} holds, and ${before} did`], where)
  }
}

const countedTogether = amount({ what: 'the number of gateways that count together', raised: 'breaking', lowered: 'weakening' })

const store: Compare<ManifestSharedStore> = members<ManifestSharedStore>({
  kind: changed('weakening', 'the kind of the store of limits'),
  urls: changed('weakening', 'the address of the store of limits'),
  topology: changed('weakening', 'the topology of the store of limits'),
  master: changed('weakening', 'the master of the store of limits'),
  plainTcp: flag(['weakening', 'the store of limits may be reached without TLS'], ['harmless', 'the store of limits is reached by TLS']),
  authorities: authorities('the store of limits'),
  secret: changed('weakening', 'the secret of the store of limits'),
  mode: (before, after, where) => {
    if (before === after) return []
    return after !== 'strict'
      ? differ(['weakening', 'gateways hold parts of limits ahead of need, instead of asking for each request'], where)
      : differ(['harmless', 'each request asks the store of limits, instead of gateways holding parts'], where)
  },
  whenAway: heldWhenAway('the store of limits'),
  replicas: countedTogether,
  timeoutMilliseconds: changed('harmless', 'the time in which the store of limits must answer', describeMilliseconds),
})

const itsLogin = changed<ManifestTrafficManager['login']>('weakening', 'as whom the gateway comes to the Traffic Manager', (value) =>
  written(value?.username ?? null),
)

function itsService(what: string): Compare<ManifestManagerService> {
  return members<ManifestManagerService>({
    url: changed('weakening', `the address of ${what}`),
    plainHttp: flag(['weakening', `${what} may be reached without TLS`], ['harmless', `${what} is reached by TLS`]),
    tls: tls(what),
  })
}

const manager: Compare<ManifestTrafficManager> = members<ManifestTrafficManager>({
  kind: changed('weakening', 'the kind of the store of limits'),
  events: itsService('what takes the Traffic Manager’s events'),
  data: itsService('what gives out the Traffic Manager’s lists'),
  login: itsLogin,
  decisions: members<ManifestTrafficManager['decisions']>({
    url: changed('weakening', 'the broker of the Traffic Manager'),
    login: itsLogin,
    authorities: authorities('the broker of the Traffic Manager'),
    exchange: changed('weakening', 'the exchange of the Traffic Manager’s topic'),
    topic: changed('weakening', 'the topic of the Traffic Manager'),
  }),
  tenant: changed('weakening', 'the tenant whose blocks count'),
  whenAway: heldWhenAway('the Traffic Manager'),
  replicas: countedTogether,
})

/** Tiers that credentials name: which callers have none, or another one. */
function callerTiers(level: string): Compare<ManifestNamedLimits | null> {
  return optional(
    () => ['breaking', `the ${level} tiers of callers hold now`],
    () => ['weakening', `the ${level} tiers of callers hold no more`],
    members<ManifestNamedLimits>({
      tiers: all(
        otherOrder(level),
        named({
          key: ({ tier, conditions }) => JSON.stringify([tier, conditions]),
          // Its callers had what holds for unknown tiers, or were refused.
          added: (each) => ['weakening', `callers may have the ${level} tier ${written(each.tier)}: ${describeWindows(each)}`],
          gone: ({ tier }) => [
            'weakening',
            `the ${level} tier ${written(tier)} is gone: what holds for unknown tiers holds for its callers`,
          ],
          both: limit(),
        }),
      ),
      unlimited: listed({ what: `a ${level} tier without limit,`, added: 'weakening', gone: 'breaking' }),
      otherwise: (before, after, where) => {
        if (before === after) return []
        const text = `callers without a ${level} tier have ${written(after)}, and had ${written(before)}`
        return differ([before === null ? 'breaking' : 'weakening', text], where)
      },
      unknown: (before, after, where) => {
        if (before === after) return []
        return after === 'refuse'
          ? differ(['breaking', `callers with an unknown ${level} tier are refused`], where)
          : differ(['weakening', `callers with an unknown ${level} tier are served`], where)
      },
    }),
  )
}

export const callerLimits: Compare<boolean> = flag(
  ['breaking', 'the tiers of callers hold here'],
  ['weakening', 'the tiers of callers hold here no more'],
)
