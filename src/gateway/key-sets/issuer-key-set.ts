/**
 * The key set of one issuer, fetched again and again: when, how often after a failure, and what is made of the answers. Requests only ever
 * move the next fetch forward, and never by more than `soonest`: however many tokens name keys that nobody knows, an issuer is asked
 * twice a minute at the most.
 */
import type { JwtAlgorithm } from '../../contract/plan/keys.ts'
import { ServiceError, type ServiceFailure } from '../calls/service-error.ts'
import type { TakeKeys } from '../capabilities/fetched-keys.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../observability/log.ts'
import { type KeySet, readKeySet } from './read-key-set.ts'

/** `unusable`: not one key of the first set can be used, or one that seemed usable is not. */
export type KeySetOutcome = 'fetched' | ServiceFailure | 'status' | 'malformed' | 'too-many-keys' | 'unusable'

/** Milliseconds between two fetches, whoever wants the second. */
const soonest = 30_000
/** Milliseconds after a first failure; twice that after each further one. */
const firstRetry = 1_000
const lastRetry = 60_000

export type KeySetParts = {
  readonly issuer: string
  /** Milliseconds. */
  readonly refresh: number
  readonly algorithms: readonly JwtAlgorithm[]
  /** The answer's status and body; rejects with a ServiceError. */
  readonly fetch: () => Promise<{ readonly status: number; readonly body: Buffer }>
  readonly clock: Clock
  readonly log: Log
  /** From 0 to 1: gateways that start together do not ask together for ever. */
  readonly random: () => number
  /** Called when the first set has been taken. */
  readonly ready: () => void
}

export class IssuerKeySet {
  readonly issuer: string
  readonly outcomes: Map<KeySetOutcome, number> = new Map()
  /** Usable keys of the last set. */
  keys: number = 0
  readonly #parts: KeySetParts
  readonly #startedAt: number
  #take: TakeKeys | null = null
  #due: number
  #attemptedAt: number = Number.NEGATIVE_INFINITY
  #takenAt: number | null = null
  #lastOutcome: KeySetOutcome | null = null
  #failures: number = 0
  #fetching: boolean = false
  #closed: boolean = false
  /** What was taken over last: most answers are the same again. */
  #body: Buffer | null = null

  constructor(parts: KeySetParts) {
    this.issuer = parts.issuer
    this.#parts = parts
    this.#startedAt = parts.clock.monotonic()
    this.#due = this.#startedAt
  }

  /** Of the last fetch that succeeded, or since the start where none has. */
  get ageSeconds(): number {
    return (this.#parts.clock.monotonic() - (this.#takenAt ?? this.#startedAt)) / 1000
  }

  /** The last fetch failed, or there was none. */
  get failing(): boolean {
    return this.#lastOutcome !== 'fetched'
  }

  follow(take: TakeKeys): void {
    this.#take = take
  }

  /** A token names a key that is not there. It may be new. */
  unknownKey(): void {
    this.#due = Math.min(this.#due, this.#attemptedAt + Math.min(soonest, this.#parts.refresh))
  }

  /** Fetches where it is time. Monotonic milliseconds. */
  sweep(now: number): void {
    if (!this.#fetching && !this.#closed && now >= this.#due) this.#fetchAndTake(now)
  }

  close(): void {
    this.#closed = true
  }

  async #fetchAndTake(now: number): Promise<void> {
    this.#fetching = true
    this.#attemptedAt = now
    const outcome = await this.#attempt()
    this.#fetching = false
    if (this.#closed) return
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1)
    const { issuer, refresh, random, log } = this.#parts
    const changed = outcome !== this.#lastOutcome
    this.#lastOutcome = outcome
    if (outcome === 'fetched') {
      this.#failures = 0
      this.#due = now + refresh * (1 - random() / 10)
      return
    }
    this.#due = now + Math.min(refresh, lastRetry, firstRetry * 2 ** this.#failures)
    this.#failures++
    if (changed) log.event('warn', 'key-set-failed', { issuer, reason: outcome, ageSeconds: Math.round(this.ageSeconds) })
  }

  async #attempt(): Promise<KeySetOutcome> {
    const { fetch, algorithms } = this.#parts
    try {
      const { status, body } = await fetch()
      if (status !== 200) return 'status'
      if (this.#body?.equals(body) === true) return this.#taken(body)
      const set = readKeySet(body, algorithms)
      return typeof set === 'string' ? set : await this.#takeOver(set, body)
    } catch (error) {
      if (error instanceof ServiceError) return error.reason
      // A key that this system refuses although it looked right: the keys that are there stay.
      return 'unusable'
    }
  }

  /** Also a set without keys, which withdraws all that there were; only to begin with one makes no sense. */
  async #takeOver({ keys, leftOut }: KeySet, body: Buffer): Promise<KeySetOutcome> {
    const { issuer, log } = this.#parts
    if (this.#closed || (keys.length === 0 && this.#takenAt === null)) return 'unusable'
    const withdrawn = (await this.#take?.(keys)) ?? 0
    this.keys = keys.length
    log.event(leftOut.length === 0 ? 'info' : 'warn', 'key-set-taken', {
      issuer,
      keys: keys.length,
      withdrawn,
      leftOut: leftOut.map(({ kid, fault }) => `${kid ?? 'without id'}: ${fault}`),
    })
    return this.#taken(body)
  }

  #taken(body: Buffer): 'fetched' {
    const first = this.#takenAt === null
    this.#takenAt = this.#parts.clock.monotonic()
    this.#body = body
    if (first) this.#parts.ready()
    return 'fetched'
  }
}
