/** How long to wait before a source is tried again: longer each time, never for ever, and not all gateways at once. */

/** Milliseconds. */
const shortest = 250
const longest = 10_000

export class Backoff {
  #failures: number = 0

  /** After a failure: between half of what it could be and all of it. */
  next(): number {
    const most = Math.min(longest, shortest * 2 ** Math.min(this.#failures, 16))
    this.#failures++
    return most * (0.5 + Math.random() / 2)
  }

  reset(): void {
    this.#failures = 0
  }
}

/** Pauses, one after the other, which somebody else may end. */
export class Naps {
  #ending: AbortController = new AbortController()

  /** Ends the one that is under way; where there is none, the next. */
  wake(): void {
    this.#ending.abort()
  }

  async next(milliseconds: number, signal: AbortSignal): Promise<void> {
    await pause(milliseconds, AbortSignal.any([signal, this.#ending.signal]))
    if (this.#ending.signal.aborted) this.#ending = new AbortController()
  }
}

/** A pause that ends early when `signal` says so. It keeps no process alive. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const ended = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', ended)
      resolve()
    }
    const timer = setTimeout(ended, milliseconds)
    timer.unref()
    signal.addEventListener('abort', ended)
  })
}
