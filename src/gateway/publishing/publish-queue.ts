/** What waits to be published to one feed: bounded, in its order, each thing once, tried again until the feed has acknowledged it. */
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { RevocationPublisher } from '../capabilities/publishing.ts'
import { Backoff, pause } from '../feeds/backoff.ts'
import { publishingProblem } from '../feeds/publishing-failure.ts'
import { identityOf } from '../feeds/written-entry.ts'
import type { PublishingFigures } from '../observability/revocation-metrics.ts'

/** Entries that wait. What comes when there are so many is not published, and that is told. */
const mostWaiting = 10_000
/** Of these, digests, which a stranger may have made up: the rest is for JWTs, whose signatures were verified. */
const mostDigests = 5_000

/** Things that were published lately: clients that ask twice have it told once. */
const mostRemembered = 1_000

type Warn = (event: string, problem: string) => void

export class PublishQueue implements PublishingFigures {
  readonly feed: number
  acknowledged: number = 0
  failures: number = 0
  dropped: number = 0
  readonly #publisher: RevocationPublisher
  readonly #warn: Warn
  readonly #waiting: Map<string, RevokedPlan> = new Map()
  readonly #published: Set<string> = new Set()
  readonly #ended: AbortController = new AbortController()
  #running: boolean = false
  /** The last trouble that was told. */
  #told: string = ''

  /** `feed`: its number in the plan. */
  constructor(publisher: RevocationPublisher, feed: number, warn: Warn) {
    this.#publisher = publisher
    this.feed = feed
    this.#warn = warn
  }

  get waiting(): number {
    return this.#waiting.size
  }

  add(entry: RevokedPlan): void {
    const identity = identityOf(entry)
    if (this.#waiting.has(identity) || this.#published.has(identity)) return
    if (this.#waiting.size >= (entry.kind === 'digest' ? mostDigests : mostWaiting)) return this.drop()
    this.#waiting.set(identity, entry)
    if (!this.#running) void this.#run()
  }

  /** There are too many to publish one more. */
  drop(): void {
    this.dropped++
    this.#trouble('too many: some are not published')
  }

  /** The gateway ends. What was not acknowledged by now is lost here, and told. */
  end(): void {
    this.#ended.abort()
    this.#publisher.close()
    if (this.#waiting.size > 0) this.#warn('revocation-not-published', `feed ${this.feed}: ${this.#waiting.size} when the gateway ended`)
  }

  async #run(): Promise<void> {
    this.#running = true
    const backoff = new Backoff()
    for (let next = this.#next(); next !== undefined && !this.#ended.signal.aborted; next = this.#next()) {
      const [identity, entry] = next
      const problem = await this.#publisher.publish(entry).then(() => null, publishingProblem)
      if (this.#ended.signal.aborted) break
      if (problem === null) {
        this.#acknowledge(identity)
        backoff.reset()
      } else {
        this.failures++
        this.#trouble(problem)
        await pause(backoff.next(), this.#ended.signal)
      }
    }
    this.#running = false
  }

  #next(): readonly [string, RevokedPlan] | undefined {
    for (const waiting of this.#waiting) return waiting
    return undefined
  }

  #acknowledge(identity: string): void {
    this.acknowledged++
    this.#told = ''
    this.#waiting.delete(identity)
    this.#published.add(identity)
    if (this.#published.size <= mostRemembered) return
    for (const oldest of this.#published) {
      this.#published.delete(oldest)
      return
    }
  }

  #trouble(problem: string): void {
    if (problem === this.#told) return
    this.#told = problem
    this.#warn('revocation-not-published', `feed ${this.feed}: ${problem}`)
  }
}
