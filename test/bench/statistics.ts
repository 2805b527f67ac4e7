/** The middle one of several rounds, with the spread that says how far to trust it. */
export type Summary = { readonly median: number; readonly min: number; readonly max: number }

/** Throws when there is nothing to summarise. */
export function summarise(values: readonly number[]): Summary {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = sorted.length >> 1
  const [min, max, upper] = [sorted[0], sorted.at(-1), sorted[middle]]
  if (min === undefined || max === undefined || upper === undefined) throw new Error('no values to summarise')
  const lower = sorted.length % 2 === 1 ? upper : (sorted[middle - 1] ?? upper)
  return { median: (lower + upper) / 2, min, max }
}

/** Rounds were taken in turn, so each is compared with its neighbour in time and not with another round. */
export function ratiosByRound(values: readonly number[], base: readonly number[]): Summary {
  return summarise(values.map((value, round) => value / (base[round] ?? Number.NaN)))
}

/** The same for what one adds to the other. */
export function differencesByRound(values: readonly number[], base: readonly number[]): Summary {
  return summarise(values.map((value, round) => value - (base[round] ?? Number.NaN)))
}

/** The value below which `share` (0 to 1) of an ascending list lies. */
export function percentile(ascending: readonly number[], share: number): number {
  const value = ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))]
  if (value === undefined) throw new Error('no values')
  return value
}
