/** The gateway's own step, handed to an extension that takes its place: it may be asked once, while the request waits. */
import type { Exchange, Refusal, Step } from '../exchange.ts'

export class Standard {
  /** Why the gateway would refuse; `undefined` where it would not, or was not asked. */
  refusal: Refusal | undefined
  /** Whether it was asked, and has answered that the request may go on. */
  passed: boolean = false
  /** While it works on the exchange. */
  working: Promise<boolean> | null = null
  readonly #step: Step | null
  readonly #exchange: Exchange
  #asked: Promise<boolean> | null = null
  #over: boolean = false

  /** `null`: the operation asks for nothing. */
  constructor(step: Step | null, exchange: Exchange) {
    this.#step = step
    this.#exchange = exchange
  }

  /** Whoever asks again gets the same answer; whoever asks when the request is decided, none that means anything. */
  ask(): Promise<boolean> {
    if (this.#over) return Promise.resolve(false)
    if (this.#asked === null) {
      this.#asked = this.#run()
      // An extension need not wait for it; a bug of ours is told by whoever does.
      this.#asked.catch(() => {})
    }
    return this.#asked
  }

  /** The request is decided: the exchange is no longer the extension's to change. */
  end(): void {
    this.#over = true
  }

  async #run(): Promise<boolean> {
    const end = this.#step?.(this.#exchange)
    if (!(end instanceof Promise)) return this.#conclude(end)
    this.working = end.then((refusal) => this.#conclude(refusal))
    const passed = await this.working
    this.working = null
    return passed
  }

  #conclude(refusal: Refusal | undefined): boolean {
    this.refusal = refusal
    this.passed = refusal === undefined
    return this.passed
  }
}
