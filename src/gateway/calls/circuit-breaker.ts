/**
 * Spares a service that fails, and those who wait for it: after some failures in a row it is not asked for a while; then one call tries, and
 * its end decides.
 */
import type { Clock } from '../clock.ts'

export type BreakerBounds = {
  /** Failures one after another that open it. */
  readonly failures: number
  /** Milliseconds before a trial. */
  readonly rest: number
}

export class CircuitBreaker {
  readonly #bounds: BreakerBounds
  readonly #clock: Clock
  #failures: number = 0
  /** Monotonic milliseconds of the next trial; `null` while it is closed. */
  #trialAt: number | null = null
  #trying: boolean = false

  constructor(bounds: BreakerBounds, clock: Clock) {
    this.#bounds = bounds
    this.#clock = clock
  }

  get open(): boolean {
    return this.#trialAt !== null
  }

  /** True: call, and say how it ended, by `succeeded` or `failed`. False: do not. */
  allows(): boolean {
    if (this.#trialAt === null) return true
    if (this.#trying || this.#clock.monotonic() < this.#trialAt) return false
    this.#trying = true
    return true
  }

  succeeded(): void {
    this.#failures = 0
    this.#trialAt = null
    this.#trying = false
  }

  failed(): void {
    this.#trying = false
    this.#failures++
    if (this.#failures >= this.#bounds.failures) this.#trialAt = this.#clock.monotonic() + this.#bounds.rest
  }
}
