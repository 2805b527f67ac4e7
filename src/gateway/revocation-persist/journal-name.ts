/** What journals are called: a source that is asked for something else is another one, and so is its journal, which begins with nothing. */
import { createHmac } from 'node:crypto'
import type { RevocationFeedPlan } from '../../contract/plan/revocation-feed.ts'
import type { SettingText } from '../../contract/plan/setting.ts'
import { settle } from '../settings.ts'

/** Written or half written. */
export function isJournal(name: string): boolean {
  return /^feed-[0-9a-f]{16}\.journal(?:\.new)?$/.test(name)
}

/** One for each feed. Without the key nobody can tell what they are names of. */
export function journalNames(
  feeds: readonly RevocationFeedPlan[],
  values: ReadonlyMap<string, string>,
  hashKey: Uint8Array,
): readonly string[] {
  const texts = feeds.map((feed) => JSON.stringify(sourceOf(feed, values)))
  return texts.map((text, index) => {
    const same = texts.slice(0, index).filter((other) => other === text).length
    return `feed-${createHmac('sha256', hashKey).update(`${same} ${text}`).digest('hex').slice(0, 16)}.journal`
  })
}

/** What is asked for, and where. As whom, how often, and what is done with the answer makes no other source of it. */
function sourceOf(feed: RevocationFeedPlan, values: ReadonlyMap<string, string>): readonly string[] {
  const at = (url: SettingText): string => settle(url, values).replace(/^(\w+:\/\/)[^/]*@/, '$1')
  switch (feed.kind) {
    case 'list':
      return [feed.kind, at(feed.url)]
    case 'etcd':
      return [feed.kind, feed.prefix, ...feed.endpoints.map(at)]
    case 'redis':
      return [feed.kind, feed.stream, at(feed.url)]
    case 'amqp':
      return [feed.kind, feed.exchange, feed.topic, at(feed.url)]
    case 'amqp10':
      return [feed.kind, settle(feed.topic, values), at(feed.url)]
  }
}
