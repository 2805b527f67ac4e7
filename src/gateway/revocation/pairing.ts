/**
 * What a topic has brought is not all that its source knows: what was sent while nobody listened is lost. So a topic counts as known from the
 * moment at which all other sources, which can say everything again, have been read since it was last subscribed to.
 */

/** Monotonic milliseconds. */
type Topic = { since: number; confirmed: number }

export class Pairing {
  readonly #confirmed: (feed: number, time: number) => void
  /** By feed: when it last knew everything. */
  readonly #replaying: Map<number, number> = new Map()
  readonly #topics: Map<number, Topic> = new Map()
  readonly #rereads: (() => void)[] = []

  /** `replays`: of each feed. `confirmed` is told which feed knew everything at what time. */
  constructor(replays: readonly boolean[], confirmed: (feed: number, time: number) => void) {
    this.#confirmed = confirmed
    for (const [feed, canReplay] of replays.entries()) if (canReplay) this.#replaying.set(feed, Number.NEGATIVE_INFINITY)
  }

  #isTopic(feed: number): boolean {
    return !this.#replaying.has(feed)
  }

  whenReread(action: () => void): void {
    this.#rereads.push(action)
  }

  /** A topic is listened to from `time` on. */
  subscribed(feed: number, time: number): void {
    this.#topics.set(feed, { since: time, confirmed: time })
    this.#settle()
    for (const action of this.#rereads) action()
  }

  /** A feed has all that its source knew at `time`: a topic, of what came since it was subscribed to. */
  confirm(feed: number, time: number): void {
    if (!this.#isTopic(feed)) {
      this.#replaying.set(feed, time)
      this.#confirmed(feed, time)
    } else {
      const topic = this.#topics.get(feed)
      if (topic !== undefined) topic.confirmed = time
    }
    this.#settle()
  }

  #settle(): void {
    // With no such source a topic is never known.
    const read = Math.min(...(this.#replaying.size === 0 ? [Number.NEGATIVE_INFINITY] : this.#replaying.values()))
    for (const [feed, { since, confirmed }] of this.#topics) if (read >= since) this.#confirmed(feed, confirmed)
  }
}
