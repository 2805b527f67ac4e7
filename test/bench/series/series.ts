import type { BenchRun } from '../bench-run.ts'
import type { Table } from '../report/table.ts'

export type Series = {
  readonly name: string
  /** `null` when none of the peers that it needs takes part. */
  readonly run: (run: BenchRun) => Promise<Table | null>
}
