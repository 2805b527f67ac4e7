/** Where aligned windows begin and end, in milliseconds since the epoch. */
import type { CalendarPeriod } from '../../contract/plan/limit.ts'

/** The window that `set` was last given a moment of; it is kept as long as moments fall into it. */
export type Frame = {
  readonly start: number
  readonly end: number
  readonly set: (wall: number) => void
  /** The end of the window that begins at `start`. */
  readonly nextAfter: (start: number) => number
}

export class EpochFrame implements Frame {
  start: number = 0
  end: number = 0
  readonly #window: number

  constructor(window: number) {
    this.#window = window
  }

  set(wall: number): void {
    if (wall >= this.start && wall < this.end) return
    this.start = Math.floor(wall / this.#window) * this.#window
    this.end = this.start + this.#window
  }

  nextAfter(start: number): number {
    return start + this.#window
  }
}

const day = 86_400_000
/** Longer than any period of this kind, also one that a change of the clocks makes longer. */
const longest: Readonly<Record<CalendarPeriod, number>> = { day: 3 * day, month: 33 * day, year: 368 * day }

/** Days, months and years as the clocks of a time zone show them. The calendar is asked at the turn of a period only. */
export class CalendarFrame implements Frame {
  start: number = 0
  end: number = 0
  readonly #period: CalendarPeriod
  readonly #format: Intl.DateTimeFormat

  /** Throws a RangeError where the time zone is not known. */
  constructor(period: CalendarPeriod, timeZone: string) {
    this.#period = period
    this.#format = new Intl.DateTimeFormat('en', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    })
  }

  set(wall: number): void {
    if (wall >= this.start && wall < this.end) return
    this.start = this.#turn(wall - longest[this.#period], wall, this.#name(wall))
    this.end = this.nextAfter(wall)
  }

  nextAfter(start: number): number {
    const after = start + longest[this.#period]
    return this.#turnFrom(start, after, this.#name(start))
  }

  /** The first millisecond of the period `name`, which `before` is not in and `within` is. */
  #turn(before: number, within: number, name: string): number {
    let low = Math.floor(before)
    let high = Math.floor(within)
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.#name(middle) === name) high = middle
      else low = middle
    }
    return high
  }

  /** The first millisecond after the period `name`, which `within` is in and `after` is not. */
  #turnFrom(within: number, after: number, name: string): number {
    let low = Math.floor(within)
    let high = Math.floor(after)
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.#name(middle) === name) low = middle
      else high = middle
    }
    return high
  }

  #name(wall: number): string {
    const parts = this.#format.formatToParts(wall)
    const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? ''
    const year = part('year')
    if (this.#period === 'year') return year
    return this.#period === 'month' ? `${year}-${part('month')}` : `${year}-${part('month')}-${part('day')}`
  }
}
