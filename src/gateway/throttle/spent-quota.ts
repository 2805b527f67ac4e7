/** What one request was counted by, until it is on its way to its backend: what is refused before then uses up no quota. */
import type { Clock } from '../clock.ts'
import type { SpentQuota } from '../exchange.ts'
import { CountedRequest } from './counted-request.ts'
import type { Counter } from './counter.ts'
import type { CounterTable } from './counter-table.ts'
import { Times } from './counting-window.ts'

/** In the place of a cell: the limit is used up, and the request passes without being counted. */
export const uncounted = -1

/** Notes that nobody needs at the moment, of one thread: a request takes one, and gives it back when its quota is spent for good. */
export class SpentNotes {
  readonly #table: CounterTable
  readonly #clock: Clock
  readonly #most: number
  readonly #free: SpentNote[] = []

  /** `most`: counters that one request can have. */
  constructor(table: CounterTable, clock: Clock, most: number) {
    this.#table = table
    this.#clock = clock
    this.#most = most
  }

  /** `counted` and `times` are copied: the next request overwrites them. */
  note(counted: CountedRequest, times: Times): SpentQuota {
    const note = this.#free.pop() ?? new SpentNote(this, this.#most)
    note.counted.copy(counted)
    note.times.copy(times)
    return note
  }

  free(note: SpentNote): void {
    this.#free.push(note)
  }

  giveBack({ counted, times }: SpentNote): void {
    const now = this.#clock.monotonic()
    for (let index = 0; index < counted.size; index++) {
      giveBack(this.#table, counted.counters[index]!, counted.cell[index]!, counted.low[index]!, counted.high[index]!, times, now)
    }
  }
}

class SpentNote implements SpentQuota {
  readonly #notes: SpentNotes
  readonly counted: CountedRequest
  readonly times: Times = new Times()

  constructor(notes: SpentNotes, most: number) {
    this.#notes = notes
    this.counted = new CountedRequest(most)
  }

  keep(): void {
    this.#notes.free(this)
  }

  giveBack(): void {
    this.#notes.giveBack(this)
    this.#notes.free(this)
  }
}

/** Of one counter, as far as it was counted there and still is. */
export function giveBack(
  table: CounterTable,
  { window, countsBytes }: Counter,
  cell: number,
  low: number,
  high: number,
  counted: Times,
  now: number,
): void {
  if (cell === uncounted || countsBytes || !table.relock(cell, low, high)) return
  window.giveBack(table.cells, cell, counted, 1, now)
  table.unlock(low)
}
