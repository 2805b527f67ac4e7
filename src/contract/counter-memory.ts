/** How large the table of counters is, and how many of them can have a ring of periods: the compiler tells, the gateway makes it. */

export const cellsInRegion = 1_024
export const cellBytes = 48
export const ringBytes = 2_176
/** How many keys of a region's cells are in use at the most where all keys that the table is made for are: the rest is for chance. */
const keysInRegion = 907
export const tableHeadBytes = 64
const fewestRings = 4
const mostRings = 32
/** Rings beyond the fewest are there as long as the whole table is smaller than this. */
const budget = 64_000_000

export type CounterMemory = {
  /** Parts of the table, each with a lock of its own. */
  readonly regions: number
  readonly ringsInRegion: number
  readonly bytes: number
}

/** `capacity`: keys that there must be room for. */
export function counterMemory(capacity: number): CounterMemory {
  const regions = Math.max(1, Math.ceil(capacity / keysInRegion))
  const affordable = Math.floor((budget / regions - cellsInRegion * cellBytes - 4 * regionHead(fewestRings)) / ringBytes)
  const ringsInRegion = Math.max(fewestRings, Math.min(mostRings, affordable))
  return { regions, ringsInRegion, bytes: tableHeadBytes + regions * regionBytes(ringsInRegion) }
}

/** 32-bit words of a region's head: its lock, and whose its rings are. A multiple of 32 bytes, as all that lies behind it is aligned. */
export function regionHead(rings: number): number {
  return Math.ceil((1 + rings) / 8) * 8
}

export function regionBytes(rings: number): number {
  return cellsInRegion * cellBytes + rings * ringBytes + 4 * regionHead(rings)
}
