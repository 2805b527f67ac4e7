/** Time that a test moves on: deadlines pass when it says so, and are all looked at there and then. */
import { setImmediate } from 'node:timers/promises'
import { type SweepingClock, systemClock } from '../../src/gateway/clock.ts'
import { until } from './until.ts'

export class TestClock implements SweepingClock {
  #elapsed: number = 0
  readonly #looks: Set<() => void> = new Set()
  readonly now = (): number => Date.now()
  readonly monotonic = (): number => this.#elapsed

  /** At the system's pace too: what a gateway puts off until it looks, such as its log, is not for a test to wait for. */
  readonly every = (milliseconds: number, look: () => void): (() => void) => {
    const stop = systemClock.every(milliseconds, look)
    this.#looks.add(look)
    return () => {
      stop()
      this.#looks.delete(look)
    }
  }

  /**
   * Resolves when the gateway has looked at all deadlines, twice: what it finds at first has its own. What must happen before time moves
   * on, a test has waited for.
   */
  async advance(milliseconds: number): Promise<void> {
    this.#elapsed += milliseconds
    for (let looked = 0; looked < 2; looked++) {
      for (const look of this.#looks) look()
      await setImmediate()
    }
  }

  /** Moves on by this much again and again until `done` settles: what is under way may go on for a while. What never ends fails. */
  async advanceUntil(milliseconds: number, done: Promise<unknown>): Promise<void> {
    let settled = false
    const settle = (): void => {
      settled = true
    }
    done.then(settle, settle)
    await until(async () => {
      await this.advance(milliseconds)
      return settled
    }, `nothing came of ${milliseconds} ms again and again`)
  }
}
