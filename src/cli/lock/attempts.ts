/** How often one thing is asked for where the connection breaks, or who is asked would rather be asked later, and after which pauses. */
import { setTimeout as pause } from 'node:timers/promises'
import { BrokenOff, FetchError } from './bounded-fetch.ts'

/** Beside the first. */
const mostAgain = 3

/** Milliseconds: each pause is twice as long as the one before, or as long as it is asked for. */
const firstPause = 1_000
const longestPause = 60_000

/** Answers after which it may be another one (RFC 9110, 15.6; RFC 6585, 4). */
const later: ReadonlySet<number> = new Set([429, 502, 503, 504])

export type Waiting = {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Rejects when the signal says so. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<unknown>
}

export const systemWaiting: Waiting = {
  now: () => Date.now(),
  wait: (milliseconds, signal) => pause(milliseconds, undefined, { signal }),
}

export class Attempts {
  readonly #waiting: Waiting
  readonly #signal: AbortSignal
  #left: number = mostAgain
  #pause: number = firstPause

  constructor(waiting: Waiting, signal: AbortSignal) {
    this.#waiting = waiting
    this.#signal = signal
  }

  /** The answer to the last attempt where each is worth another. Rejects with a FetchError. */
  async ask(attempt: () => Promise<Response>): Promise<Response> {
    for (;;) {
      try {
        const answer = await attempt()
        if (!later.has(answer.status) || !(await this.#next(this.#wantedPause(answer)))) return answer
        await answer.body?.cancel()
      } catch (error) {
        if (!(await this.isWorthAnother(error))) throw error
      }
    }
  }

  /** After what went wrong. Where it is, the pause before it is over. */
  async isWorthAnother(error: unknown): Promise<boolean> {
    return error instanceof BrokenOff && (await this.#next(0))
  }

  async #next(wanted: number): Promise<boolean> {
    if (this.#left === 0 || wanted > longestPause) return false
    this.#left--
    const milliseconds = Math.max(wanted, this.#pause)
    this.#pause *= 2
    await this.#waiting.wait(milliseconds, this.#signal).catch(() => {
      throw new FetchError('there was no whole answer in time')
    })
    return true
  }

  /** Milliseconds; 0 where it does not say, or nothing that makes sense (RFC 9110, 10.2.3). */
  #wantedPause(answer: Response): number {
    const field = answer.headers.get('retry-after') ?? ''
    if (/^\d{1,10}$/.test(field)) return Number(field) * 1000
    const time = Date.parse(field)
    return Number.isNaN(time) ? 0 : Math.max(0, time - this.#waiting.now())
  }
}
