/** Publishing to a feed of a project, with the gateway's own clients. */
import type { RevokedPlan } from '../contract/plan/revocation.ts'
import type { RevocationFeedPlan } from '../contract/plan/revocation-feed.ts'
import type { GatewayPlan } from '../contract/plan.ts'
import { publishingProblem } from '../gateway/feeds/publishing-failure.ts'
import { UsageError } from './failures.ts'

/** Everything that a source needs to be told; it was not, and why, in a few words: `problem`. */
export type PublishOutcome = { readonly published: true } | { readonly published: false; readonly problem: string }

export type PublishableFeed = Exclude<RevocationFeedPlan, { kind: 'list' }>

/** `null` for what is read only. */
export function publishable(feed: RevocationFeedPlan): PublishableFeed | null {
  return feed.kind === 'list' ? null : feed
}

/** The values of a feed's settings, from the environment, as a gateway reads them. Throws a UsageError that names those that are missing. */
export function settingsOf(feeds: readonly PublishableFeed[], plan: GatewayPlan): ReadonlyMap<string, string> {
  const names = new Set(feeds.flatMap(settingNames))
  const values = new Map<string, string>()
  const missing: string[] = []
  for (const { name, default: fallback, usedFor } of plan.settings.filter((setting) => names.has(setting.name))) {
    const value = process.env[name] || fallback
    if (value === null) missing.push(`${name} is missing (${usedFor.join(', ')})`)
    else values.set(name, value)
  }
  if (missing.length > 0) throw new UsageError(`${missing.join('; ')}.`, 'Settings are read from the environment, as by the gateway.')
  return values
}

/** Wherever in the plan of a feed they stand. */
function settingNames(part: unknown): readonly string[] {
  if (typeof part !== 'object' || part === null) return []
  if ('setting' in part && typeof part.setting === 'string') return [part.setting]
  return Object.values(part).flatMap(settingNames)
}

/** Resolves when the feed has acknowledged the entry, or has not. Throws a UsageError for an address that cannot be used. */
export async function publish(entry: RevokedPlan, feed: PublishableFeed, values: ReadonlyMap<string, string>): Promise<PublishOutcome> {
  const publisher = await open(feed, values).catch((error: unknown) => {
    throw new UsageError(
      `${error instanceof Error ? error.message : 'the feed cannot be published to'}.`,
      'Correct the feed in postern.yaml.',
    )
  })
  try {
    await publisher.publish(entry)
    return { published: true }
  } catch (error) {
    return { published: false, problem: publishingProblem(error) }
  } finally {
    publisher.close()
  }
}

type Publisher = { publish(entry: RevokedPlan): Promise<void>; close(): void }

/** Their packages take time to load, and no other command needs them. */
async function open(feed: PublishableFeed, values: ReadonlyMap<string, string>): Promise<Publisher> {
  const around = { values, clock: { now: () => Date.now(), monotonic: () => performance.now() }, warn: () => {} }
  switch (feed.kind) {
    case 'etcd':
      return await (await import('../gateway/publish-etcd/etcd-publisher.ts')).publishEtcdCapability(feed, around)
    case 'redis':
      return await (await import('../gateway/publish-redis/redis-publisher.ts')).publishRedisCapability(feed, around)
    case 'amqp':
      return await (await import('../gateway/publish-amqp/amqp-publisher.ts')).publishAmqpCapability(feed, around)
    case 'amqp10':
      // Its library shows, to whoever debugs it, all that it sends: the password too.
      delete process.env.DEBUG
      return await (await import('../gateway/publish-amqp10/amqp10-publisher.ts')).publishAmqp10Capability(feed, around)
  }
}
