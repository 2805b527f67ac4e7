/** `revocation` of postern.yaml: where the gateway learns what is revoked. */
import type { StaleRulePlan } from '../../contract/plan/revocation.ts'
import type { SettingText } from '../../contract/plan/setting.ts'
import type { Location } from '../source/location.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { completeOnStale, readOnStale } from './on-stale.ts'
import { placedText } from './placed-text.ts'
import { checkProjectKeys, onStaleKeys, revocationKeys } from './project-keys.ts'
import { type FeedReading, readFeed } from './revocation-feed.ts'
import { parseSettingText } from './setting-text.ts'
import type { Placed } from './types/placed.ts'
import type { RevocationFeed, WrittenOnStale } from './types/revocation.ts'

export type WrittenRevocation = {
  readonly at: Location
  readonly snapshot: Placed<string> | null
  readonly persist: SettingText | null
  readonly feeds: readonly RevocationFeed[]
  /** Feeds may deny callers as well. */
  readonly denies: boolean
  readonly onStale: StaleRulePlan
}

/** Eight sources are told apart, and the snapshot is one of them. */
const mostFeeds = 7

/** Whether a list would be stale before it is asked for twice. */
export function isSoonerThanLists({ after }: StaleRulePlan, feeds: readonly RevocationFeed[]): boolean {
  return feeds.some(({ value }) => value.kind === 'list' && value.every * 2 > after)
}

export const soonerThanLists = {
  problem: 'a list that is not asked for twice within `onStale.after` would be taken for stale',
  hint: 'Raise `after`, or lower `every`.',
} as const

export function readRevocation(node: SourceNode, reading: FeedReading): WrittenRevocation | null {
  const { access } = reading
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, revocationKeys, access)
  if (entry(object, 'snapshot') === null && entry(object, 'feeds') === null) {
    const hint = 'Give a `snapshot`, `feeds` or both.'
    access.refuse(object, '`revocation` names nothing from which the gateway would learn what is revoked', hint)
  }
  const feeds = access.optional(object, 'feeds', (value) => readFeeds(value, reading)) ?? []
  const onStale = completeOnStale(access.optional(object, 'onStale', (value) => readProjectOnStale(value, access)))
  if (isSoonerThanLists(onStale, feeds)) access.refuse(entry(object, 'onStale') ?? object, soonerThanLists.problem, soonerThanLists.hint)
  return {
    at: object.at,
    snapshot: access.optional(object, 'snapshot', (value) => placedText(value, access)),
    persist: access.optional(object, 'persist', (value) => readPersist(value, entry(object, 'feeds') !== null, reading)),
    feeds,
    denies: access.optional(object, 'deny', (value) => readDeny(value, entry(object, 'feeds') !== null, access)) ?? false,
    onStale,
  }
}

function readDeny(node: SourceNode, hasFeeds: boolean, access: NodeAccess): boolean | null {
  const denies = access.boolean(node)
  if (denies !== true || hasFeeds) return denies
  return access.refuse(node, '`deny` has feeds deny callers, and there is none', 'Give `feeds`, or say it in policies.yaml.')
}

function readPersist(node: SourceNode, hasFeeds: boolean, { access, settings }: FeedReading): SettingText | null {
  const text = access.text(node)
  if (text === null) return null
  if (!hasFeeds) return access.refuse(node, '`persist` keeps what feeds say, and there is none', 'Give `feeds`, or leave it out.')
  if (!/^(?:\/|\$\{)/.test(text))
    return access.refuse(node, '`persist` is the absolute path of a folder', 'Write for example `${REVOCATION_DIR:-}`.')
  return parseSettingText(text, node.at, 'folder where revocations are kept', settings, access.diagnostics)
}

function readFeeds(node: SourceNode, reading: FeedReading): readonly RevocationFeed[] | null {
  const list = reading.access.array(node)
  if (list === null) return null
  if (list.items.length === 0) return reading.access.refuse(node, '`feeds` names none')
  if (list.items.length > mostFeeds) return reading.access.refuse(node, `there may be up to ${mostFeeds} feeds`)
  return list.items.map((item) => readFeed(item, reading)).filter((feed) => feed !== null)
}

function readProjectOnStale(node: SourceNode, access: NodeAccess): WrittenOnStale | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, onStaleKeys, access)
  return readOnStale(object, access)
}
