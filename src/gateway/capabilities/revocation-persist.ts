/** What keeps on disk what feeds say. */
import type { Keeper, KeptSource } from '../revocation/keeper.ts'
import type { PlainSurroundings } from './surroundings.ts'

/** Opens the folder where what feeds say is kept; `null` where the operator names none. Rejects where it cannot be used. */
export type RevocationPersistCapability = (surroundings: PlainSurroundings) => Promise<KeptRevocations | null>

export type KeptRevocations = {
  /** What the hashes of entries are made with. */
  readonly hashKey: Uint8Array
  /** One for each feed. */
  readonly journals: readonly KeptJournal[]
  /** How often something could not be read or written, for metrics. */
  readonly problems: number
}

/** Takes what was kept. */
export type RestoredEntries = Pick<Keeper, 'put' | 'remove'> & {
  /** There will be so many entries, or fewer: they come sorted, and a table must be large enough for that beforehand. */
  expect(entries: number): void
}

export type KeptJournal = Keeper & {
  /**
   * Gives what was kept. Returns as of when (milliseconds since the epoch) it is all that the source knew; `null` where nobody knows.
   */
  restore(taker: RestoredEntries): number | null
  /** From now on what it is told is kept. `isAhead`: the source may have what is not in the file, and the other way round. */
  begin(source: KeptSource, isAhead: boolean): void
}
