/**
 * The capability `revocation-redis`: a stream of Redis, read as the journal that it is. What it has said counts until it ends by itself or an
 * operator takes it back; what is missing from it later takes nothing back, so that a Redis that is flushed or starts empty lets nobody in.
 *
 * All reading is by XRANGE from the last id on. XREAD only waits for something to read. Each time, Redis' own count of what was ever added is
 * held against what was read: where they differ, something came and went unseen, or it is another stream, and everything is read again. So it
 * is where another process of Redis answers: it may have taken over without all that its predecessor had.
 */
import type { RedisFeedPlan } from '../../contract/plan/revocation-feed.ts'
import type { RevocationFeedCapability, RevocationSink } from '../capabilities/revocation-feed.ts'
import type { Clock } from '../clock.ts'
import { Backoff, pause } from '../feeds/backoff.ts'
import { longerPause, shortestPause } from '../feeds/gathering.ts'
import { identityOf } from '../feeds/written-entry.ts'
import { feedAddress } from '../redis/feed-address.ts'
import { RedisRefusal, RedisSession, redisProblem } from '../redis/redis-session.ts'
import { heardOfMaster, processOf } from './answering-redis.ts'
import { entryOf, isBefore, messagesIn, type StreamMessage } from './stream-entries.ts'

/** Messages that are read at once. */
const pageSize = 500

/** Milliseconds to wait for a message, and between two questions whether it is the master. Then everything known is as fresh as that. */
const wait = 2_000

const beginning = '0-0'

export const revocationRedisCapability: RevocationFeedCapability<RedisFeedPlan> = async (plan, sink, { values, clock, atEnd }) => {
  const address = feedAddress(plan, values)
  const ended = new AbortController()
  atEnd(() => ended.abort())
  const feed = new StreamFeed(plan.stream, sink, clock)
  follow(feed, () => RedisSession.open(address, plan.authorities), sink, ended.signal)
}

/** Until the gateway ends. Never rejects. */
async function follow(feed: StreamFeed, open: () => Promise<RedisSession>, sink: RevocationSink, ended: AbortSignal): Promise<void> {
  const backoff = new Backoff()
  while (!ended.aborted) {
    const problem = await whileItLasts(feed, open, ended, () => backoff.reset()).catch(redisProblem)
    if (ended.aborted) return
    sink.failed(problem)
    await pause(backoff.next(), ended)
  }
}

async function whileItLasts(feed: StreamFeed, open: () => Promise<RedisSession>, ended: AbortSignal, works: () => void): Promise<never> {
  const session = await open()
  const close = (): void => session.close()
  ended.addEventListener('abort', close)
  try {
    ended.throwIfAborted()
    return await feed.follow(session, works)
  } finally {
    ended.removeEventListener('abort', close)
    close()
  }
}

/** What Redis says of a stream: how many messages were ever added (`null` before Redis 7), and ids: the last that was given, the first that is there. */
type StreamState = { readonly added: number | null; readonly last: string; readonly first: string | null }

class StreamFeed {
  readonly #stream: string
  readonly #sink: RevocationSink
  readonly #clock: Clock
  /** Everything up to this one is taken over. */
  #last: string = beginning
  /** How many were added up to then; `null`: nobody knows. */
  #added: number | null = null
  /** The first message that there was; only trimming changes it. */
  #first: string | null = null
  /** Which process of Redis it was; `null`: nobody knows. */
  #process: string | null = null

  constructor(stream: string, sink: RevocationSink, clock: Clock) {
    this.#stream = stream
    this.#sink = sink
    this.#clock = clock
  }

  /** Rejects when the session is good no more. */
  async follow(session: Pick<RedisSession, 'run'>, works: () => void): Promise<never> {
    const process = await processOf(session)
    if (this.#last !== beginning && (process === null || process !== this.#process)) this.#forget()
    this.#process = process
    let [heard, heardAt] = [0, Number.NEGATIVE_INFINITY]
    for (let gathering = shortestPause; ; ) {
      const asked = this.#clock.monotonic()
      const before = this.#last
      if (asked - heardAt >= wait) [heard, heardAt] = [await heardOfMaster(session), asked]
      // Sent together: what there is, Redis says first.
      const [state, next] = await Promise.all([this.#state(session), this.#page(session)])
      const isAnother = this.#isAnother(state)
      if (isAnother) this.#beginAgain('the stream was emptied or is another one')
      if (!(await this.#readOn(session, state, isAnother ? await this.#page(session) : next))) {
        this.#beginAgain('messages were removed before they were read')
        await this.#readOn(session, state, await this.#page(session))
      }
      // What a replica has is all the same: another feed may be better off, and an operator may rather serve.
      if (heard === Number.POSITIVE_INFINITY) throw new RedisRefusal('MASTERDOWN', 'it is a replica, and has lost its master')
      this.#sink.confirm(heard === 0 ? asked : Math.min(asked, heardAt - heard))
      works()
      // Where some came, more may be on their way.
      if (this.#last !== before) {
        await new Promise((resolve) => setTimeout(resolve, gathering).unref())
        gathering = next.length > 1 ? longerPause(gathering) : shortestPause
      } else {
        await session.run(['XREAD', 'COUNT', '1', 'BLOCK', String(wait), 'STREAMS', this.#stream, this.#last], wait)
        gathering = shortestPause
      }
    }
  }

  /** The next messages. */
  async #page(session: Pick<RedisSession, 'run'>): Promise<readonly StreamMessage[]> {
    const from = this.#last === beginning ? '-' : `(${this.#last}`
    return messagesIn(await session.run(['XRANGE', this.#stream, from, '+', 'COUNT', String(pageSize)]))
  }

  async #state(session: Pick<RedisSession, 'run'>): Promise<StreamState> {
    const reply = await session.run(['XINFO', 'STREAM', this.#stream]).catch((error) => {
      // There is none before the first message.
      if (error instanceof RedisRefusal && /no such key/i.test(error.message)) return null
      throw error
    })
    if (!Array.isArray(reply)) return { added: 0, last: beginning, first: null }
    const member = (name: string): unknown => reply[reply.indexOf(name) + 1]
    const added = reply.includes('entries-added') ? member('entries-added') : null
    const last = member('last-generated-id')
    const first = messagesIn([member('first-entry')])[0]?.id ?? null
    return { added: typeof added === 'number' ? added : null, last: typeof last === 'string' ? last : beginning, first }
  }

  #isAnother({ added, last, first }: StreamState): boolean {
    if (isBefore(last, this.#last) || (added !== null && this.#added !== null && added < this.#added)) return true
    return first !== null && this.#first !== null && isBefore(first, this.#first)
  }

  #beginAgain(why: string): void {
    this.#sink.failed(why)
    this.#forget()
  }

  /** How far it was read. */
  #forget(): void {
    this.#last = beginning
    this.#added = null
    this.#first = null
  }

  /** To the end, from the next messages on. Returns whether nothing is missing of what there was at `state`. */
  async #readOn(session: Pick<RedisSession, 'run'>, state: StreamState, next: readonly StreamMessage[]): Promise<boolean> {
    let [until, beyond] = [0, 0]
    this.#first = state.first
    for (let page = next; page.length > 0; page = page.length === pageSize ? await this.#page(session) : []) {
      this.#takeOver(page)
      for (const { id } of page) {
        if (isBefore(state.last, id)) beyond++
        else until++
      }
      this.#last = page.at(-1)?.id ?? this.#last
    }
    const whole = state.added === null || this.#added === null || this.#added + until === state.added
    this.#added = state.added === null ? null : state.added + beyond
    return whole
  }

  #takeOver(page: readonly StreamMessage[]): void {
    const entries = page.map(entryOf)
    const takenBack = new Map<string, number>()
    for (const [index, read] of entries.entries()) if (read?.takenBack === true) takenBack.set(identityOf(read.entry), index)
    for (const [index, read] of entries.entries()) {
      if (read === undefined) this.#sink.rejected()
      else if (read.takenBack) this.#sink.remove(read.entry)
      // What is over by the end of the page bars nobody in between: it may have been read before.
      else if (takenBack.size === 0 || index > (takenBack.get(identityOf(read.entry)) ?? -1)) this.#sink.put(read.entry)
    }
  }
}
