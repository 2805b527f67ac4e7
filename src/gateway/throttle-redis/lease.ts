/** What one thread of one gateway holds of the budget of one limit and one caller. Times are monotonic milliseconds. */
import type { Terms } from './terms.ts'

export type LeaseReply = {
  /** When the script was sent: a lease that is counted from then ends here before it ends in Redis. */
  readonly sentAt: number
  readonly repliedAt: number
  readonly held: number
  readonly kept: number
  readonly granted: number
  readonly lease: number
  /** What nobody holds. */
  readonly free: number
  /** Until some is free, where none is any more. */
  readonly pause: number
  readonly want: number
}

/** Milliseconds without demand, after which nothing is held any more, and what Redis said is of no use. */
const memory = 1_000
/** The share of a limit that may be held by whoever wants anything at all. */
const leastShare = 200
/** Milliseconds for which it is not asked for, where leases are shorter. */
const longestQuiet = 1_000
/** Milliseconds in which requests that waited for what was lent at once have had their turn. */
const turn = 20
/** Milliseconds in which those have had theirs for whom there was nothing: of the time between two that are due, no more than a quarter. */
const refusing = 2
/** Milliseconds for which a budget that was used up counts as one that many want. */
const longestStrife = 5_000

export class Lease {
  readonly terms: Terms
  readonly low: number
  readonly high: number
  /** What may still pass here; below zero where more bytes came than it held. */
  balance: number = 0
  /** When `balance` is worth nothing any more. */
  end: number = 0
  /** All that ever passed, of which Redis has been told `told` and has said that it knows `known`. */
  used: number
  told: number
  known: number
  /** Until when nothing is free, as far as Redis can tell; and until when nobody asks whether something is all the same. */
  closedUntil: number = Number.NEGATIVE_INFINITY
  quietUntil: number = Number.NEGATIVE_INFINITY
  /** Nothing is known of this budget until then, because Redis has lost it. */
  lostUntil: number = 0
  /** What nobody held at the last reply; -1 before the first. */
  free: number = -1
  /** A script is on its way. */
  asking: Promise<boolean> | null = null
  askedAt: number = Number.NEGATIVE_INFINITY
  /** Wanted for requests that wait. */
  waiting: number = 0
  /** It is looked at in this round, or asked for soon. */
  watched: boolean = false
  soon: boolean = false
  /** Wanted since the last look, and in each millisecond on average. */
  #demand: number = 0
  #rate: number = 0
  /** Milliseconds that scripts take: the longest lately. */
  #roundTrip: number = 0
  #lookedAt: number
  #wantedAt: number
  #usedUpAt: number = Number.NEGATIVE_INFINITY

  /** `ever`: no less than all that any lease of this budget has used here before. */
  constructor(terms: Terms, low: number, high: number, ever: number, now: number) {
    this.terms = terms
    this.low = low
    this.high = high
    this.used = ever
    this.told = ever
    this.known = ever
    this.#lookedAt = now
    this.#wantedAt = now
  }

  /** More is wanted than is known to be free to everybody: those that want much ask by and by, and those that want little at once. */
  get busy(): boolean {
    return this.#rate * this.terms.look >= 1
  }

  /** Little is held and Redis has more. */
  get runsLow(): boolean {
    return this.asking === null && this.free > 0 && this.balance < this.target / 2
  }

  /** Nothing is held, nothing is owed, and nobody has come for a while. */
  rests(now: number): boolean {
    return this.asking === null && this.used === this.known && this.balance <= 0 && this.#rests(now)
  }

  wants(amount: number): void {
    this.#demand += amount
  }

  /** Counts what passed. */
  spend(amount: number): void {
    this.balance -= amount
    this.used += amount
  }

  /** Something of it was given back in Redis. */
  reopen(): void {
    this.quietUntil = Number.NEGATIVE_INFINITY
    this.closedUntil = Number.NEGATIVE_INFINITY
  }

  /** Takes back what was counted at `counted`, as far as Redis has not been told of it. Returns the rest. */
  takeBack(amount: number, counted: number): number {
    const part = counted < this.askedAt ? 0 : Math.min(amount, this.used - this.told)
    this.used -= part
    this.balance += part
    return amount - part
  }

  /** What it should hold: much while much is left, and no more than goes at once when little is. */
  get target(): number {
    const { budget, ahead, look } = this.terms
    // Of a small limit nothing is held: it would be missing elsewhere.
    const most = Math.floor(budget / 20)
    const least = Math.floor(budget / leastShare)
    const soon = this.#rate * Math.max(8 * look, 40, 1.5 * this.#roundTrip)
    // Who wants little holds what it needs at once, and what may come at the same time.
    const little = this.free < 0 ? least : Math.min(least, Math.ceil(soon + 2 * Math.sqrt(soon)))
    if (!this.plenty) return Math.min(most, Math.max(little, Math.round(soon)))
    const expected = this.#rate * ahead
    return Math.min(most, Math.max(least, Math.ceil(expected + 2 * Math.sqrt(expected))))
  }

  /** The last of the budget is being asked for, or more of one that was used up lately: who comes meanwhile is not kept waiting for it. */
  contested(now: number): boolean {
    if (this.asking === null || this.free < 0) return false
    return this.free * 20 < this.terms.budget || (this.busy && now - this.#usedUpAt < Math.min(this.terms.memory, longestStrife))
  }

  get plenty(): boolean {
    return this.free * 4 >= this.terms.budget
  }

  #rests(now: number): boolean {
    return now - this.#wantedAt >= memory
  }

  /** Once in a while. Whether Redis has to be told or asked something now. */
  look(now: number): boolean {
    const passed = now - this.#lookedAt
    const rate = this.#demand / passed
    // Up at once, down by and by.
    this.#rate += (rate - this.#rate) / (rate > this.#rate ? 2 : 16)
    if (this.#demand > 0) this.#wantedAt = now
    this.#demand = 0
    this.#lookedAt = now
    if (this.asking !== null) return false
    const { ahead, look } = this.terms
    if (this.#rests(now)) return this.balance > 0 || this.used > this.known
    if (this.used > this.known && now - this.askedAt >= (this.plenty ? ahead / 2 : look)) return true
    if (now < this.quietUntil) return false
    // What ends soon, or is more than it should be, is asked for anew.
    const { target } = this
    return (
      this.balance < target / 2 ||
      (now > this.end - 2 * look && this.balance > 0) ||
      (this.balance > 2 * target + 1 && now - this.askedAt >= 2 * look)
    )
  }

  /** What is asked for now; what is held and not wanted any more is given back with it. */
  ask(now: number): { readonly held: number; readonly want: number } {
    const target = this.#rests(now) ? 0 : this.target
    const wanted = Math.max(this.waiting, target)
    const held = now < this.end ? Math.min(wanted, Math.max(0, Math.floor(this.balance))) : 0
    this.balance = held
    this.askedAt = now
    this.told = this.used
    return { held, want: wanted - held }
  }

  answered({ sentAt, repliedAt, held, kept, granted, lease, free, pause, want }: LeaseReply, told: number): void {
    this.known = told
    this.#roundTrip = Math.max(repliedAt - sentAt, 0.8 * this.#roundTrip)
    this.balance = Math.max(Math.min(0, this.balance), this.balance - (held - kept)) + granted
    this.end = this.terms.atOnce ? repliedAt + turn : sentAt + lease * 0.999 - 1
    this.free = free
    this.lostUntil = 0
    if (free === 0) this.#usedUpAt = sentAt
    // Who wants much and gets little asks again at the next look, and keeps nobody waiting until then.
    const crowded = granted < want && this.busy
    this.closedUntil = free === 0 && pause > 0 ? sentAt + pause : crowded ? this.#lookedAt + this.terms.look : Number.NEGATIVE_INFINITY
    // Those that waited for what is not there are refused, instead of asking again and again.
    const { atOnce, memory: whole, budget } = this.terms
    if (atOnce && granted < want) this.closedUntil = Math.max(this.closedUntil, repliedAt + Math.min(refusing, whole / budget / 4))
    // What others hold or have spent may be given back before that.
    this.quietUntil = Math.min(this.closedUntil, sentAt + Math.max(this.terms.lease, longestQuiet))
  }
}
