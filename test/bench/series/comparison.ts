import type { BenchRun } from '../bench-run.ts'
import { type Contestant, inTurn, measure, warmUp } from '../contestant.ts'
import type { Load } from '../load/wrk.ts'
import { figure, spread } from '../report/table.ts'
import { ratiosByRound, summarise } from '../statistics.ts'

export type Case = { readonly label: string; readonly load: Load }

type Entry = { readonly contestant: Contestant; readonly load: Load }

/** Columns of the rows that `compare` makes. */
export function comparisonColumns(first: string, contestants: readonly Contestant[]): readonly string[] {
  const others = contestants.slice(1)
  return [
    first,
    ...contestants.map(({ name }) => `${name}: CPU µs/request`),
    ...others.map(({ name }) => `÷ ${name}`),
    `${contestants[0]?.name}: requests/s`,
  ]
}

/** All contestants in turn with each of the cases: a row a case, with the first contestant's ratios to the others. */
export async function compare(
  run: BenchRun,
  contestants: readonly Contestant[],
  cases: readonly Case[],
): Promise<readonly (readonly string[])[]> {
  const rows: string[][] = []
  await warmUp(run, contestants)
  for (const { label, load } of cases) {
    const entries = contestants.map((contestant): Entry => ({ contestant, load }))
    const results = await inTurn(run.options.rounds, entries, (entry, round) => {
      run.progress(`${label}: round ${round + 1} of ${run.options.rounds}, ${entry.contestant.name}`)
      return measure(entry.contestant, entry.load)
    })
    const taken = [...results.values()]
    const [own = [], ...others] = taken.map((measurements) => measurements.map(({ processor }) => processor))
    rows.push([
      label,
      ...[own, ...others].map((values) => spread(summarise(values))),
      ...others.map((base) => spread(ratiosByRound(own, base))),
      figure(summarise((taken[0] ?? []).map(({ rate }) => rate)).median),
    ])
  }
  return rows
}
