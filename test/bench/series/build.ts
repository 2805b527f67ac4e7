import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { peersNamed } from '../bench-run.ts'
import { posternCommand } from '../fixture/postern-project.ts'
import { realProjects } from '../fixture/real-projects.ts'
import { costOf } from '../machine/process-peak.ts'
import { temporaryFolder } from '../machine/temporary-folder.ts'
import { megabytes, spread, target } from '../report/table.ts'
import { summarise } from '../statistics.ts'
import type { Series } from './series.ts'

/** `postern build` as a user runs it: a whole process, with both cores. */
export const build: Series = {
  name: 'build',
  title: 'Build',
  run: async (run) => {
    if (peersNamed(run, 'postern').length === 0) return null
    const { rounds } = run.options
    const rows: string[][] = []
    const verdicts: string[] = []
    for (const { name, targets, write } of realProjects) {
      const folder = join(await temporaryFolder(), name)
      await write(folder, run.identity)
      const seconds: number[] = []
      const peaks: number[] = []
      for (let round = 0; round < rounds; round++) {
        run.progress(`build: round ${round + 1} of ${rounds}, ${name}`)
        const cost = await costOf([process.execPath, posternCommand, 'build', folder])
        seconds.push(cost.milliseconds / 1000)
        peaks.push(cost.peakMemory)
      }
      const { size } = await stat(join(folder, 'dist', 'gateway.mjs'))
      const peak = summarise(peaks).median
      rows.push([name, spread(summarise(seconds)), megabytes(peak), megabytes(size * 1000)])
      verdicts.push(target(`${name}, build in s`, summarise(seconds).median, targets.buildSeconds))
      if (targets.buildMegabytes !== null) verdicts.push(target(`${name}, peak MB`, peak / 1e6, targets.buildMegabytes))
      if (targets.bundleKilobytes !== null) verdicts.push(target(`${name}, bundle kB`, size / 1000, targets.bundleKilobytes))
    }
    return {
      columns: ['project', 'build s', 'peak MB', 'gateway.mjs kB'],
      rows,
      notes: [
        `${rounds} rounds, the first with cold caches where the machine had them cold; memory of all processes together`,
        ...verdicts,
      ],
    }
  },
}
