/**
 * The capability `revocation-list`: a list of everything that is revoked, asked for again and again. Where the source gives an ETag, a list
 * that has not changed costs neither side much. WSO2's list (`GET …/revokedjwt`) is one of them.
 */
import type { ListFeedPlan } from '../../contract/plan/revocation-feed.ts'
import { basicAuthorization } from '../calls/basic-authorization.ts'
import type { ServiceAnswer, ServiceClient } from '../calls/service-client.ts'
import { ServiceError } from '../calls/service-error.ts'
import type { PolledSink, RevocationFeedCapability, RevocationSink } from '../capabilities/revocation-feed.ts'
import type { Clock } from '../clock.ts'
import { Backoff, Naps } from '../feeds/backoff.ts'
import { feedLogin, feedUrl, openFeedClient } from '../feeds/feed-client.ts'
import { readList, readListed } from '../feeds/read-list.ts'

/** Milliseconds for a whole list, and bytes of it. */
const patience = 30_000
const largestList = 64 * 1024 * 1024

/** Milliseconds: a list that failed is asked for again as often as it usually is, but not more often than that without end. */
const leastPause = 1_000

/**
 * Milliseconds. Servers that make tags of a file's time and size, as nginx does, give two lists of one size the same one where they were written
 * within a second. So the tag of a list that has just been written is not shown to them (RFC 9110 §8.8.2.2).
 */
const settled = 2_000

/** Entries that are taken before requests have their turn. */
const slice = 1000

export const revocationListCapability: RevocationFeedCapability<ListFeedPlan, PolledSink> = async (plan, sink, surroundings) => {
  const { values, clock, atEnd } = surroundings
  const url = feedUrl(plan.url, values)
  const client = await openFeedClient(plan, url.protocol === 'https:', surroundings)
  const login = feedLogin(plan, values)
  const authorization = login === null ? {} : { Authorization: basicAuthorization(login.username, login.password) }
  // What a cache on the way has may be old: it is to ask.
  const fields = { 'Cache-Control': 'no-cache', ...authorization }
  const ended = new AbortController()
  atEnd(() => {
    ended.abort()
    client.close()
  })
  const feed = new ListFeed(url, fields, client, sink, clock)
  follow(feed, plan.every, sink, clock, ended.signal)
}

/** Until the gateway ends. Never rejects. */
async function follow(feed: ListFeed, every: number, sink: PolledSink, clock: Clock, ended: AbortSignal): Promise<void> {
  const backoff = new Backoff()
  const naps = new Naps()
  sink.whenReread(() => naps.wake())
  while (!ended.aborted) {
    const begun = clock.monotonic()
    const problem = await feed.poll().catch((error) => (error instanceof ServiceError ? error.reason : 'bug'))
    if (ended.aborted) return
    if (problem === null) backoff.reset()
    else sink.failed(problem)
    // Not all gateways at once.
    const usual = every * (0.9 + Math.random() / 10)
    // What it took is part of the time from one list to the next; but a source that is slow is not asked all the time.
    const rest = Math.max(usual - (clock.monotonic() - begun), usual / 2)
    await naps.next(problem === null ? rest : Math.min(Math.max(every, leastPause), backoff.next()), ended)
  }
}

class ListFeed {
  readonly #url: URL
  readonly #fields: Readonly<Record<string, string>>
  readonly #client: ServiceClient
  readonly #sink: RevocationSink
  readonly #clock: Clock
  /** Of the list that was taken over last, whole. */
  #tag: string | null = null

  constructor(url: URL, fields: Readonly<Record<string, string>>, client: ServiceClient, sink: RevocationSink, clock: Clock) {
    this.#url = url
    this.#fields = fields
    this.#client = client
    this.#sink = sink
    this.#clock = clock
  }

  /** Returns why it was in vain, or `null`. */
  async poll(): Promise<string | null> {
    const asked = this.#clock.monotonic()
    const condition = this.#tag === null ? {} : { 'If-None-Match': this.#tag }
    const answer = await this.#client.call({
      method: 'GET',
      url: this.#url,
      headers: { ...this.#fields, ...condition },
      body: null,
      timeout: patience,
      maxAnswer: largestList,
    })
    const asOf = asked - ageOf(answer)
    if (answer.status === 304 && this.#tag !== null) {
      this.#sink.confirm(asOf)
      return null
    }
    if (answer.status !== 200) return `status ${answer.status}`
    const list = await readList(answer.body)
    if (list === null) return 'the answer is no list'
    this.#tag = null
    await this.#takeOver(list)
    const tag = answer.headers.etag
    // What found no room is asked for again.
    this.#tag = typeof tag === 'string' && !this.#sink.lacksRoom && isSettled(answer) ? tag : null
    this.#sink.confirm(asOf)
    return null
  }

  async #takeOver(list: readonly unknown[]): Promise<void> {
    this.#sink.begin(list.length)
    for (const [index, value] of list.entries()) {
      const entry = readListed(value)
      if (entry === undefined) this.#sink.rejected()
      else this.#sink.put(entry)
      if (index % slice === slice - 1) await new Promise((resolve) => setImmediate(resolve))
    }
    await this.#sink.end()
  }
}

/** Milliseconds for which a cache has had it (RFC 9111 §5.1). */
function ageOf({ headers: { age } }: ServiceAnswer): number {
  return typeof age === 'string' && /^\d{1,9}$/.test(age) ? Number(age) * 1000 : 0
}

/** Whether what was written later has another tag: by the server's clock, and where it says when that was. */
function isSettled({ headers }: ServiceAnswer): boolean {
  const written = headers['last-modified']
  return written === undefined || Date.parse(String(headers.date)) - Date.parse(String(written)) >= settled
}
