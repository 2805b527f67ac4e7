/** Finds what somebody probably meant. */

/** Known names that are compared: of more, a hint is not worth the time. */
const mostCompared = 1000

/**
 * The known name that is nearest to a mistyped one, letter case aside.
 * @param within how many letters may differ: a third of them, where nothing else is said.
 * @returns `null` where none is near.
 */
export function nearestName(
  name: string,
  known: Iterable<string>,
  within: number = Math.max(1, Math.floor(name.length / 3)),
): string | null {
  if (name.length > 64) return null
  const wanted = name.toLowerCase()
  let best: string | null = null
  let bestDistance = within + 1
  let left = mostCompared
  for (const candidate of known) {
    if (left-- === 0) break
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Levenshtein distance, with a swap of two neighbours counted as one change; not computed further than `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) cost = Math.min(cost, beforeLast[column - 2]! + 1)
      current.push(cost)
    }
    if (Math.min(...current) >= limit) return limit
    beforeLast = last
    last = current
  }
  return last[b.length]!
}
