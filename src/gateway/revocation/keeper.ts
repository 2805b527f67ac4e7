/** What is kept of a source beyond the process, and by whom. */

/** An entry of a table, without the name that it is about. */
export type HashedEntry = {
  /** Whether it bars all that was issued before a time; else one thing. */
  readonly bars: boolean
  readonly first: number
  readonly second: number
  readonly third: number
  /** As in the table. */
  readonly value: number
  /** When an entry that bars what was issued before a time ends, as values are; 0: never. */
  readonly ends: number
}

/** Is told of each change of what a source has, in their order, after it counts here. Never throws. */
export type Keeper = {
  put(entry: HashedEntry): void
  remove(entry: HashedEntry): void
  /** All is known that the source knew at this time: milliseconds since the epoch. */
  confirm(time: number): void
}

/** What is kept can be written anew from this. */
export type KeptSource = {
  /** How many entries it has, about. */
  readonly entries: number
  /** Gives some of them, from 0 on. Returns where to go on, or -1 at the end. */
  copy(from: number, take: (entry: HashedEntry) => void): number
}
