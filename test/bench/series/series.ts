import type { BenchRun } from '../bench-run.ts'
import type { Table } from '../report/table.ts'

export type Series = {
  readonly name: string
  /** Heading of its section in docs/benchmarks.md. */
  readonly title: string
  /** `null` when none of the peers that it needs takes part. */
  readonly run: (run: BenchRun) => Promise<Omit<Table, 'title'> | null>
}
