/** The only source of time, injected everywhere, so that tests decide what time it is. */
export type Clock = {
  /** Milliseconds since the epoch: for tokens and for windows aligned to the calendar. */
  readonly now: () => number
  /** Milliseconds from an arbitrary start, never going back: for durations and deadlines. */
  readonly monotonic: () => number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}
