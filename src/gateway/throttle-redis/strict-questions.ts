/** Asks Redis about all limits of a request at once, and keeps what it says while the request is counted. One for each thread. */
import type { Clock } from '../clock.ts'
import type { AwayCounts } from './away-counts.ts'
import type { FleetKey } from './fleet-key.ts'
import { giveBack } from './ledger-give-back.ts'
import { type LedgerStore, Script } from './ledger-store.ts'
import { countScript } from './scripts.ts'
import type { Terms } from './terms.ts'

export type StrictQuestionsParts = {
  readonly store: Pick<LedgerStore, 'run' | 'away' | 'lost'>
  readonly key: FleetKey
  readonly clock: Clock
  readonly away: AwayCounts
}

export type Verdict = { readonly fits: boolean; readonly left: number; readonly wait: number; readonly reset: number }

/** The window that asks; its verdict is found by it. */
export type Asker = { readonly terms: Terms }

export type StrictQuestion = { readonly window: Asker; readonly low: number; readonly high: number }

const count = new Script(countScript)

export class StrictQuestions {
  readonly #parts: StrictQuestionsParts
  #verdicts: ReadonlyMap<Asker, Verdict> = new Map()

  constructor(parts: StrictQuestionsParts) {
    this.#parts = parts
  }

  /** Of the request that is being counted now. */
  verdictOf(window: Asker): Verdict | undefined {
    return this.#verdicts.get(window)
  }

  /** What passed is counted in Redis; not so where a limit of the request that is being counted now refuses it. */
  get counted(): boolean {
    for (const { fits } of this.#verdicts.values()) if (!fits) return false
    return true
  }

  /** `null`: there is no reply. */
  async ask(questions: readonly StrictQuestion[]): Promise<ReadonlyMap<Asker, Verdict> | null> {
    const { store, key, away } = this.#parts
    if (store.away) return null
    const now = this.#parts.clock.monotonic()
    // What passed here while Redis was away is counted first, however much is left.
    for (const { window, low, high } of questions) {
      const debt = away.take(low, high, now)
      if (debt > 0) this.charge(window, low, high, debt)
    }
    const keys = questions.map(({ low, high }) => key.ledger(low, high))
    const words = questions.flatMap(({ window: { terms } }) => [terms.kind, this.#text(terms), terms.bytes ? '0' : '1'])
    const reply = await store.run(count, keys, words)
    if (reply === null || !Array.isArray(reply[0])) return null
    return new Map(
      questions.map(({ window }, index) => {
        const [fits = 0, left = 0, wait = 0, reset = 0] = (reply[index] as readonly unknown[]).map(Number)
        return [window, { fits: fits === 1, left, wait, reset }] as const
      }),
    )
  }

  /** Has `work` done with what Redis said. */
  with<T>(verdicts: ReadonlyMap<Asker, Verdict>, work: () => T): T {
    this.#verdicts = verdicts
    try {
      return work()
    } finally {
      this.#verdicts = new Map()
    }
  }

  charge({ terms }: Asker, low: number, high: number, amount: number): void {
    void this.#parts.store.run(count, [this.#parts.key.ledger(low, high)], [terms.kind, this.#text(terms), String(-amount)])
  }

  /** `counted`: since when it may have been, in monotonic milliseconds. */
  giveBack({ terms }: Asker, low: number, high: number, amount: number, counted: number): void {
    void giveBack(this.#parts, terms, low, high, amount, counted)
  }

  #text(terms: Terms): string {
    return terms.text(this.#parts.store.lost, this.#parts.clock.now())
  }
}
