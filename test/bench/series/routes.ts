import { peersNamed } from '../bench-run.ts'
import { type Contestant, enterAll, inTurn, leave, measure, usualLoad, warmUp } from '../contestant.ts'
import { manyOperations } from '../fixture/definition.ts'
import { posternPeer } from '../peers/postern.ts'
import { figure, megabytes, spread, target } from '../report/table.ts'
import { ratiosByRound, summarise } from '../statistics.ts'
import type { Series } from './series.ts'

const sizes = [1, 20, 609, 5000]

/** The same request to gateways of few and many operations: looking one up must not cost more where there are more. */
export const routes: Series = {
  name: 'routes',
  title: 'Number of operations',
  run: async (run) => {
    if (peersNamed(run, 'postern').length === 0) return null
    const { rounds, seconds } = run.options
    const peers = sizes.map((size) =>
      posternPeer({ name: String(size), about: `${size} operations`, logLevel: 'warn', operations: manyOperations(size) }),
    )
    const contestants = await enterAll(run, peers)
    const take = (contestant: Contestant, round: number) => {
      run.progress(`routes: round ${round + 1} of ${rounds}, ${contestant.name} operations`)
      return measure(contestant, usualLoad(run))
    }
    await warmUp(run, contestants)
    const results = [...(await inTurn(rounds, contestants, take)).values()]
    await leave(contestants)

    const processor = results.map((taken) => taken.map((round) => round.processor))
    const ratios = processor.map((taken) => ratiosByRound(taken, processor[0] ?? []))
    return {
      columns: ['operations', 'CPU µs/request', '÷ 1 operation', 'requests/s', 'RSS MB'],
      rows: results.map((taken, index) => [
        String(sizes[index]),
        spread(summarise(processor[index] ?? [])),
        spread(ratios[index] ?? summarise([])),
        figure(summarise(taken.map(({ rate }) => rate)).median),
        megabytes(summarise(taken.map(({ memory }) => memory)).median),
      ]),
      notes: [
        `the last operation of the definition is requested; ${rounds} rounds of ${seconds} s in turn`,
        target('5000 operations ÷ 1', ratios.at(-1)?.median ?? Number.NaN, 1.05),
      ],
    }
  },
}
