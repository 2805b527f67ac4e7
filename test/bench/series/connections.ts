import { peersNamed } from '../bench-run.ts'
import { enterAll, leave, usualLoad } from '../contestant.ts'
import { compare, comparisonColumns } from './comparison.ts'
import type { Series } from './series.ts'

const counts = [1, 64, 1000]

/** One client alone, the usual crowd, and a large one. */
export const connections: Series = {
  name: 'connections',
  title: 'Connections',
  run: async (run) => {
    const contestants = await enterAll(run, peersNamed(run, 'postern', 'nginx'), { keepAlive: Math.max(...counts) })
    if (contestants.length === 0) return null
    const { rounds, seconds } = run.options
    const cases = counts.map((count) => ({
      label: `${count} connections`,
      load: { ...usualLoad(run), connections: count },
    }))
    const rows = await compare(run, contestants, cases)
    await leave(contestants)
    return {
      columns: comparisonColumns('load', contestants),
      rows,
      notes: [`150-byte answers, token known; ${rounds} rounds of ${seconds} s in turn`],
    }
  },
}
