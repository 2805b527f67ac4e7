import { peersNamed } from '../bench-run.ts'
import { type Contestant, enterAll, inTurn, leave, type Measurement, measure, usualLoad, warmUp } from '../contestant.ts'
import { benchOperations } from '../fixture/definition.ts'
import { threadTimes } from '../machine/process-tree.ts'
import { posternPeer } from '../peers/postern.ts'
import { figure, spread } from '../report/table.ts'
import { ratiosByRound, summarise } from '../statistics.ts'
import type { Series } from './series.ts'

const counts = [1, 2]
const connections = 256

type Round = Measurement & {
  /** Of all that the gateway's threads used, the part of the one that used most. */
  readonly busiest: number
}

/** More threads: what a request costs then, and how evenly they share the work. */
export const threads: Series = {
  name: 'threads',
  title: 'Threads',
  run: async (run) => {
    if (peersNamed(run, 'postern').length === 0) return null
    const { rounds, seconds } = run.options
    const peers = counts.map((workers) =>
      posternPeer({ name: String(workers), about: '', logLevel: 'warn', operations: benchOperations, workers, role: 'anywhere' }),
    )
    const contestants = await enterAll(run, peers, { keepAlive: connections })
    await warmUp(run, contestants)
    const results = await inTurn(rounds, contestants, (contestant, round) => {
      run.progress(`threads: round ${round + 1} of ${rounds}, ${contestant.name}`)
      return take(contestant, { ...usualLoad(run), connections })
    })
    await leave(contestants)

    const [single = []] = results.values()
    const one = single.map(({ processor }) => processor)
    const rows = [...results].map(([{ name }, taken]) => {
      const processor = taken.map((round) => round.processor)
      const ratios = processor.map((value, round) => (one[round] ?? Number.NaN) / value)
      const possible = taken.map(({ busiest }, round) => (ratios[round] ?? Number.NaN) / busiest)
      return [
        name,
        spread(summarise(processor)),
        spread(ratiosByRound(processor, one)),
        spread(summarise(taken.map(({ busiest }) => busiest * 100))),
        name === '1' ? '1' : spread(summarise(possible)),
        figure(summarise(taken.map(({ rate }) => rate)).median),
      ]
    })
    return {
      columns: ['threads', 'CPU µs/request', '÷ 1 thread', 'busiest thread %', 'throughput × 1 thread, by CPU', 'requests/s here'],
      rows,
      notes: [
        `${connections} connections, 150-byte answers, token known; ${rounds} rounds of ${seconds} s in turn; nothing is kept on its core`,
        'busiest thread: its part of the CPU that all threads used, which says how evenly connections are shared among them',
        'throughput by CPU: what one thread costs a request ÷ what they cost it together ÷ the part of the busiest: how many times the requests of one thread they serve where each has a core and the clients and the backend have theirs',
        'requests/s here: client and backend take their part of the same cores, so with two cores it says nothing about the threads',
      ],
    }
  },
}

async function take(contestant: Contestant, load: Parameters<typeof measure>[1]): Promise<Round> {
  const before = threadTimes(contestant.server.pid)
  const measurement = await measure(contestant, load)
  const used = [...threadTimes(contestant.server.pid)].map(([thread, time]) => time - (before.get(thread) ?? 0))
  const all = used.reduce((sum, time) => sum + time, 0)
  return { ...measurement, busiest: Math.max(...used) / all }
}
