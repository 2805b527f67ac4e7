/** What is known of revocations, as metrics. */
import type { Exposition } from './exposition.ts'

/** Upper bounds of the histogram of lags, in seconds. */
export const lagBounds: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** Read when metrics are rendered. `bytes`: of the tables; `age`: seconds for which the oldest feed has known nothing for certain. */
export type RevocationFigures = {
  readonly entries: number
  readonly bytes: number
  readonly age: number
  readonly epoch: number
  /** What could not be kept or read; `null` where nothing is kept, or another thread does it. */
  readonly keepingProblems: number | null
  /** Entries of each source: `snapshot`, a feed's number, or `gateway` for what was revoked through it. */
  readonly sources: readonly { readonly source: string; readonly entries: number }[]
  /** In the thread that follows them. */
  readonly feeds: readonly FeedFigures[]
}

/** `age`: seconds. */
export type FeedFigures = {
  readonly age: number
  readonly failures: number
  readonly reconnects: number
  readonly rejections: number
  readonly lag: LagFigures
}

/** Counts of each bucket for itself; the sum in seconds. */
export type LagFigures = { readonly counts: Float64Array; readonly sum: number }

/** Of one feed that is published to. `acknowledged` and so on: entries, or attempts that failed, since the start. */
export type PublishingFigures = {
  readonly feed: number
  readonly waiting: number
  readonly acknowledged: number
  readonly failures: number
  readonly dropped: number
}

export function writePublishing(out: Exposition, feeds: readonly PublishingFigures[]): void {
  out.family('postern_revocations_unpublished', 'gauge', 'Revocations through the gateway that a feed has not acknowledged yet.')
  for (const { feed, waiting } of feeds) out.sample('postern_revocations_unpublished', { feed: String(feed) }, waiting)
  out.family('postern_revocations_published_total', 'counter', 'What became of publishing revocations.')
  for (const { feed, acknowledged, failures, dropped } of feeds) {
    for (const [outcome, count] of Object.entries({ acknowledged, failed: failures, dropped }))
      out.sample('postern_revocations_published_total', { feed: String(feed), outcome }, count)
  }
}

export function writeRevocation(out: Exposition, { entries, bytes, age, epoch, keepingProblems, sources, feeds }: RevocationFigures): void {
  out.single('postern_revocation_entries', 'gauge', 'Revocations that are known and have not ended.', entries, 'largest')
  out.family('postern_revocation_source_entries', 'gauge', 'Entries that a source has.', 'largest')
  for (const each of sources) out.sample('postern_revocation_source_entries', { source: each.source }, each.entries)
  out.single('postern_revocation_table_bytes', 'gauge', 'Memory that they take.', bytes, 'largest')
  out.single('postern_revocation_epoch', 'gauge', 'Moves whenever something is revoked, or is no more.', epoch, 'largest')
  out.single('postern_revocation_age_seconds', 'gauge', 'How long a feed has known nothing for certain.', age, 'largest')
  if (keepingProblems !== null)
    out.single('postern_revocation_persist_failures_total', 'counter', 'What could not be kept on disk, or read.', keepingProblems)
  const each = (name: string, value: (feed: FeedFigures) => number): void => {
    for (const [feed, figures] of feeds.entries()) out.sample(name, { feed: String(feed) }, value(figures))
  }
  out.family('postern_revocation_feed_age_seconds', 'gauge', 'How long each feed has known nothing for certain.', 'largest')
  each('postern_revocation_feed_age_seconds', (feed) => feed.age)
  out.family('postern_revocation_feed_failures_total', 'counter', 'Times that a feed could not be followed.')
  each('postern_revocation_feed_failures_total', ({ failures }) => failures)
  out.family('postern_revocation_reconnects_total', 'counter', 'Times that a feed was followed again after it had failed.')
  each('postern_revocation_reconnects_total', ({ reconnects }) => reconnects)
  out.family('postern_revocation_rejected_total', 'counter', 'Entries of a feed that made no sense.')
  each('postern_revocation_rejected_total', ({ rejections }) => rejections)
  out.family('postern_revocation_lag_seconds', 'histogram', 'From the publishing of an entry until all threads refuse what it bars.')
  for (const [feed, { lag }] of feeds.entries()) writeLag(out, String(feed), lag)
}

function writeLag(out: Exposition, feed: string, { counts, sum }: LagFigures): void {
  let count = 0
  for (const [bucket, bound] of [...lagBounds, Infinity].entries()) {
    count += counts[bucket]!
    out.sample('postern_revocation_lag_seconds_bucket', { feed, le: bound === Infinity ? '+Inf' : String(bound) }, count)
  }
  out.sample('postern_revocation_lag_seconds_sum', { feed }, sum)
  out.sample('postern_revocation_lag_seconds_count', { feed }, count)
}
