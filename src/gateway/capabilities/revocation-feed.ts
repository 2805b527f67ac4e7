/** What follows a source of revocations, and where it puts what that says. */
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { Amqp10FeedPlan, AmqpFeedPlan, EtcdFeedPlan, ListFeedPlan, RedisFeedPlan } from '../../contract/plan/revocation-feed.ts'
import type { PlainSurroundings } from './surroundings.ts'

/** What can follow sources of each kind; undefined where the plan has none. */
export type RevocationFeeds = {
  readonly list: RevocationFeedCapability<ListFeedPlan, PolledSink> | undefined
  readonly etcd: RevocationFeedCapability<EtcdFeedPlan, NamedSink> | undefined
  readonly redis: RevocationFeedCapability<RedisFeedPlan> | undefined
  readonly amqp: RevocationFeedCapability<AmqpFeedPlan, TopicSink> | undefined
  readonly amqp10: RevocationFeedCapability<Amqp10FeedPlan, TopicSink> | undefined
}

/** Follows a source until the gateway ends, whatever happens to it. Rejects where it cannot so much as begin. */
export type RevocationFeedCapability<Plan, Sink = RevocationSink> = (
  plan: Plan,
  sink: Sink,
  surroundings: PlainSurroundings,
) => Promise<void>

/** What a feed says is revoked, and when that was published where its source tells: milliseconds since the epoch. */
export type FedEntry = RevokedPlan & { readonly publishedAt?: number }

/** Where a feed puts what its source says. */
export type RevocationSink = {
  /** The whole state follows, of about so many entries. Begun again before the end, what came counts all the same. */
  begin(entries: number): void
  put(entry: FedEntry): void
  /** Something that it said found no room: its whole state must be read again when there may be some. */
  readonly lacksRoom: boolean
  remove(entry: RevokedPlan): void
  /** The whole state was there; entries that were not in it go. */
  end(): Promise<void>
  /** Everything is known that the source knew at this time (monotonic milliseconds). */
  confirm(time: number): void
  /** A message says nothing that can be understood, and is skipped. */
  rejected(): void
  /** The source cannot be followed just now; a few words why, without anything that it said. */
  failed(problem: string): void
}

/** Of a source that is asked from time to time. */
export type PolledSink = RevocationSink & {
  /** Has `action` done when the source should be asked at once: a topic may have lost what it knows. */
  whenReread(action: () => void): void
}

/** Of a source that may say one thing under several names, of which any may go. */
export type NamedSink = RevocationSink & {
  /** What another name may have said as well: then that counts which bars more. Returns whether one has, since the state was begun. */
  putBeside(entry: FedEntry): boolean
  /** Whether it bars nothing any more, so that it is not taken. */
  hasEnded(entry: FedEntry): boolean
}

/** Of a source that never says what was before. It brings single entries, and confirms what has come since it was listened to. */
export type TopicSink = Omit<RevocationSink, 'begin' | 'end' | 'lacksRoom'> & {
  /**
   * What is published from `time` on (monotonic milliseconds) will come. What came before may be lost: it counts as known when all sources
   * that can say it again have been read since, and until then nothing that is confirmed here does.
   */
  subscribed(time: number): void
}
