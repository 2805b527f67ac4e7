/** A window that is counted in Redis alone: each request asks, and what it was told is read here. */
import { mustAsk } from '../shared-counting.ts'
import type { Cells } from '../throttle/cells.ts'
import type { CountingWindow, Times } from '../throttle/counting-window.ts'
import type { CellOwners } from './leased-window.ts'
import type { StrictQuestions, Verdict } from './strict-questions.ts'
import type { Terms } from './terms.ts'

export class StrictWindow implements CountingWindow {
  readonly terms: Terms
  readonly #owners: CellOwners
  readonly #questions: StrictQuestions
  #reset: number = 0

  constructor(terms: Terms, owners: CellOwners, questions: StrictQuestions) {
    this.terms = terms
    this.#owners = owners
    this.#questions = questions
  }

  take(): number {
    const verdict = this.#verdict()
    if (verdict === undefined) return mustAsk
    return verdict.fits ? Math.max(0, verdict.left) : -1
  }

  left(): number {
    const verdict = this.#verdict()
    if (verdict === undefined) return mustAsk
    return verdict.left
  }

  charge(_cells: Cells, cell: number, _times: Times, amount: number): void {
    this.#questions.charge(this, this.#owners.lowOf(cell), this.#owners.highOf(cell), amount)
  }

  /** Where one limit of a request refuses it, Redis has counted none. */
  giveBack(_cells: Cells, cell: number, times: Times, amount: number): void {
    const { counted } = this.#questions
    if (counted) this.#questions.giveBack(this, this.#owners.lowOf(cell), this.#owners.highOf(cell), amount, times.asked)
  }

  wait(): number {
    return this.#verdict()?.wait ?? 0
  }

  reset(): number {
    return this.#reset
  }

  #verdict(): Verdict | undefined {
    const verdict = this.#questions.verdictOf(this)
    if (verdict !== undefined) this.#reset = verdict.reset
    return verdict
  }
}
