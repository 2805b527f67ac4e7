/** Time that a test moves on: deadlines pass when it says so, and only after the gateway has looked at all of them. */
import type { Clock } from '../../src/gateway/clock.ts'

export class TestClock implements Clock {
  #elapsed: number = 0
  #waiting: (() => void)[] = []
  readonly now = (): number => Date.now()
  readonly monotonic = (): number => {
    for (const resolve of this.#waiting.splice(0)) resolve()
    return this.#elapsed
  }

  /** Resolves when the gateway has asked for the time twice since: a whole sweep lies in between. */
  async advance(milliseconds: number): Promise<void> {
    this.#elapsed += milliseconds
    for (let asked = 0; asked < 2; asked++) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Moves on by this much again and again until `done` settles: what is under way may go on for a while. What never ends fails. */
  async advanceUntil(milliseconds: number, done: Promise<unknown>): Promise<void> {
    let settled = false
    const settle = (): void => {
      settled = true
    }
    done.then(settle, settle)
    for (let times = 0; times < 100; times++) {
      await this.advance(milliseconds)
      if (settled) return
    }
    throw new Error(`nothing came of a hundred times ${milliseconds} ms`)
  }
}
