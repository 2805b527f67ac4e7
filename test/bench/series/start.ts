import { join } from 'node:path'
import { peersNamed } from '../bench-run.ts'
import { type GatewayStart, startOnce } from '../fixture/gateway-start.ts'
import { buildPosternProject } from '../fixture/postern-project.ts'
import { realProjects } from '../fixture/real-projects.ts'
import { temporaryFolder } from '../machine/temporary-folder.ts'
import { megabytes, spread, target } from '../report/table.ts'
import { summarise } from '../statistics.ts'
import type { Series } from './series.ts'

/** A gateway's way from nothing to listening, and what it holds while nobody calls. */
export const start: Series = {
  name: 'start',
  title: 'Start',
  run: async (run) => {
    if (peersNamed(run, 'postern').length === 0) return null
    const { rounds } = run.options
    const rows: string[][] = []
    const verdicts: string[] = []
    for (const { name, targets, write } of realProjects) {
      const folder = join(await temporaryFolder(), name)
      await write(folder, run.identity)
      const gateway = await buildPosternProject(folder)
      const starts: GatewayStart[] = []
      for (let round = 0; round < rounds; round++) {
        run.progress(`start: round ${round + 1} of ${rounds}, ${name}`)
        starts.push(await startOnce(gateway))
      }
      const whole = summarise(starts.map(({ wholeMilliseconds }) => wholeMilliseconds))
      const said = starts.map(({ ownMilliseconds }) => ownMilliseconds).filter((value) => value !== null)
      const own = said.length === starts.length ? summarise(said) : null
      const memory = summarise(starts.map(({ idleMemory }) => idleMemory)).median
      rows.push([name, own === null ? '–' : spread(own), spread(whole), megabytes(memory)])
      verdicts.push(
        target(
          `${name}, ${own === null ? 'whole process' : 'gateway time'} to listening in ms`,
          (own ?? whole).median,
          targets.startMilliseconds,
        ),
      )
      if (targets.idleMegabytes !== null) verdicts.push(target(`${name}, idle MB`, memory / 1e6, targets.idleMegabytes))
    }
    return {
      columns: ['gateway', 'gateway time ms', 'whole process ms', 'idle RSS MB'],
      rows,
      notes: [`${rounds} rounds; gateway time is what it measures itself, without Node's own start`, ...verdicts],
    }
  },
}
