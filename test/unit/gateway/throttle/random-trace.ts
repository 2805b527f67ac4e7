/** Times at which requests come, in milliseconds from 0: reproducible by their seed, and of many kinds. */
export type Random = { readonly below: (bound: number) => number; readonly fraction: () => number }

/** Mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { fraction, below: (bound) => Math.floor(fraction() * bound) }
}

/** Mixes bursts at one moment, crowds, trickles, pauses around the window's length, and exact multiples of it; enough for limits to be met. */
export function randomTrace(random: Random, requests: number, window: number): readonly number[] {
  const times: number[] = []
  const length = 1_000 + 5 * requests
  let now = random.fraction() * window * 3
  while (times.length < length) {
    const kind = random.below(6)
    const count = 1 + random.below(Math.max(20, requests))
    for (let index = 0; index < count; index++) {
      if (kind === 1) now += random.fraction() * (window / 200)
      if (kind === 2) now += random.fraction() * (window / 10)
      if (kind === 3) now += window / 112
      times.push(now)
    }
    if (kind === 4) now += window * (0.9 + random.fraction() * 0.2)
    if (kind === 5) now = (times[0] ?? 0) + Math.ceil((now - (times[0] ?? 0)) / window) * window
  }
  return times
}
