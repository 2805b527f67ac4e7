/** What one feed says goes into the ledger as its own source, and is counted. */
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import { isDenied } from '../../contract/revocation-entries.ts'
import type { FedEntry, NamedSink, PolledSink, TopicSink } from '../capabilities/revocation-feed.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import type { FeedFigures } from '../observability/revocation-metrics.ts'
import { LagHistogram } from './lag-histogram.ts'
import { hasEnded, type Ledger, type Taken } from './ledger.ts'
import type { Pairing } from './pairing.ts'
import type { RevocationState } from './revocation-state.ts'

/** The parts of the gateway that a sink uses. `time`: milliseconds since the epoch, of a clock that nobody sets forward. */
type Around = Pick<Surroundings, 'clock' | 'warn'> & { readonly time: () => number }

/** Milliseconds between two lines about entries that make no sense: whoever writes them can write many. */
const tellEvery = 60_000

export class FeedSink implements PolledSink, NamedSink, TopicSink, FeedFigures {
  failures: number = 0
  reconnects: number = 0
  rejections: number = 0
  readonly lag: LagHistogram = new LagHistogram()
  readonly #around: Around
  readonly #ledger: Ledger
  readonly #state: RevocationState
  readonly #pairing: Pairing
  readonly #feed: number
  readonly #source: number
  readonly #adds: boolean
  readonly #denies: boolean
  /** It has failed, and not been heard of since. */
  #away: boolean = false
  /** The last trouble that was told: not every attempt is worth a line. */
  #told: string = ''
  #rejectionToldAt: number = Number.NEGATIVE_INFINITY

  /**
   * `feed`: its number among the plan's feeds; `source`: its number in the ledger; `adds`: what it said counts until it is taken back;
   * `denies`: it may deny callers as well.
   */
  constructor(
    around: Around,
    ledger: Ledger,
    state: RevocationState,
    pairing: Pairing,
    feed: number,
    source: number,
    adds: boolean,
    denies: boolean,
  ) {
    this.#around = around
    this.#ledger = ledger
    this.#state = state
    this.#pairing = pairing
    this.#feed = feed
    this.#source = source
    this.#adds = adds
    this.#denies = denies
  }

  /** Seconds. */
  get age(): number {
    return this.#state.ageOf(this.#feed, this.#around.clock.monotonic()) / 1000
  }

  begin(entries: number): void {
    this.#back()
    this.#ledger.expect(entries)
    this.#ledger.begin(this.#source)
  }

  get lacksRoom(): boolean {
    return this.#state.lacksRoom(this.#source)
  }

  put(entry: FedEntry): void {
    this.#take(entry, this.#adds)
  }

  putBeside(entry: FedEntry): boolean {
    return this.#take(entry, true) === 'again'
  }

  hasEnded(entry: RevokedPlan): boolean {
    return hasEnded(entry, this.#around.time())
  }

  remove(entry: RevokedPlan): void {
    this.#ledger.remove(entry, this.#source)
  }

  async end(): Promise<void> {
    await this.#ledger.end(this.#source)
  }

  confirm(time: number): void {
    this.#back()
    this.#pairing.confirm(this.#feed, time)
    this.#told = ''
  }

  subscribed(time: number): void {
    this.#back()
    this.#pairing.subscribed(this.#feed, time)
    this.#told = ''
  }

  whenReread(action: () => void): void {
    this.#pairing.whenReread(action)
  }

  rejected(): void {
    this.rejections++
    const now = this.#around.clock.monotonic()
    if (now - this.#rejectionToldAt < tellEvery) return
    this.#rejectionToldAt = now
    this.#around.warn('revocation-entry-skipped', `feed ${this.#feed}: an entry makes no sense`)
  }

  failed(problem: string): void {
    this.failures++
    this.#away = true
    if (problem === this.#told) return
    this.#told = problem
    this.#around.warn('revocation-feed-failed', `feed ${this.#feed}: ${problem}`)
  }

  #take(entry: FedEntry, adds: boolean): Taken {
    // Somebody means that callers are denied here, and they are not: that must not go unnoticed.
    if (isDenied(entry.kind) && !this.#denies) {
      this.rejected()
      return 'none'
    }
    const { clock, time } = this.#around
    const taken = this.#ledger.put(entry, this.#source, time(), adds)
    // Before there was a full state, what comes may be as old as it likes.
    if (taken === 'new' && entry.publishedAt !== undefined && Number.isFinite(this.age)) this.lag.add(clock.now() - entry.publishedAt)
    return taken
  }

  #back(): void {
    if (this.#away) this.reconnects++
    this.#away = false
  }
}
