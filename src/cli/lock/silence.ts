/** For how long nothing may come of what is asked. */
import { FetchError } from './bounded-fetch.ts'

export class Silence {
  readonly #most: number
  #timer: NodeJS.Timeout | undefined

  /** @param most milliseconds */
  constructor(most: number) {
    this.#most = most
  }

  /** Something is asked, and the last thing counts no more. Aborted with a FetchError when nothing has come for too long. */
  begin(): AbortSignal {
    this.stop()
    const ended = new AbortController()
    this.#timer = setTimeout(() => ended.abort(new FetchError(`nothing came for ${this.#most / 1000} s`)), this.#most)
    return ended.signal
  }

  /** Something came. */
  heard(): void {
    this.#timer?.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
