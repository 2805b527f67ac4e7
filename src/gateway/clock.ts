/** The only source of time, injected everywhere, so that tests decide what time it is. */
export type Clock = {
  /** Milliseconds since the epoch: for tokens and for windows aligned to the calendar. */
  readonly now: () => number
  /** Milliseconds from an arbitrary start, never going back: for durations and deadlines. */
  readonly monotonic: () => number
}

/** A clock that also says when to look at all deadlines. */
export type SweepingClock = Clock & {
  /** Calls back this many milliseconds apart; what it returns ends that. */
  readonly every: (milliseconds: number, look: () => void) => () => void
}

export const systemClock: SweepingClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  every: (milliseconds, look) => {
    const timer = setInterval(look, milliseconds)
    return () => clearInterval(timer)
  },
}

/**
 * A clock whose monotonic time is the same in all threads of the process. That of `performance` may begin anew in each thread; what is
 * counted in shared memory must not. Both are readings of one clock (CLOCK_MONOTONIC), so that their distance is constant.
 */
export function threadClock(): SweepingClock {
  const offset = offsetToProcess()
  return { ...systemClock, monotonic: () => offset + performance.now() }
}

/** Milliseconds; right to less than a microsecond, because one of several readings is not interrupted. */
function offsetToProcess(): number {
  let offset = 0
  let narrowest = Infinity
  for (let reading = 0; reading < 100; reading++) {
    const before = process.hrtime.bigint()
    const now = performance.now()
    const after = process.hrtime.bigint()
    const width = Number(after - before)
    if (width >= narrowest) continue
    narrowest = width
    offset = Number(before + after) / 2e6 - now
  }
  return offset
}
