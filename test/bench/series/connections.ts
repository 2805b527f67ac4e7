import { peersNamed } from '../bench-run.ts'
import { enterAll, leave, usualLoad } from '../contestant.ts'
import { compare, comparisonColumns } from './comparison.ts'
import type { Series } from './series.ts'

const counts = [1, 64, 1000]

/** One client alone, the usual crowd, and a large one. */
export const connections: Series = {
  name: 'connections',
  run: async (run) => {
    const contestants = await enterAll(run, peersNamed(run, 'postern', 'nginx'), Math.max(...counts))
    if (contestants.length === 0) return null
    const { rounds, seconds } = run.options
    const cases = counts.map((count) => ({
      label: `${count} connections`,
      load: { ...usualLoad(run), connections: count },
    }))
    const rows = await compare(run, contestants, cases)
    await leave(contestants)
    return {
      title: 'Connections',
      columns: comparisonColumns('load', contestants),
      rows,
      notes: [`150-byte answers, token known; ${rounds} rounds of ${seconds} s in turn`],
    }
  },
}
