import { peersNamed } from '../bench-run.ts'
import { type Contestant, enterAll, inTurn, leave, warmUp } from '../contestant.ts'
import { smallRequest } from '../fixture/api.ts'
import { type Latency, measureLatency } from '../load/fixed-rate.ts'
import { figure, spread, target } from '../report/table.ts'
import { type Summary, summarise } from '../statistics.ts'
import type { Series } from './series.ts'

const mostAdded = 1000

/** What a proxy adds to the time that the backend and the client take alone. */
export const latency: Series = {
  name: 'latency',
  title: 'Latency added',
  run: async (run) => {
    const contestants = await enterAll(run, peersNamed(run, 'postern', 'nginx', 'haproxy', 'haproxy-jwt', 'envoy', 'krakend'))
    if (contestants.length === 0) return null
    const { rounds, seconds, rate } = run.options
    await warmUp(run, contestants)
    // `null` is the backend itself.
    const entries: readonly (Contestant | null)[] = [null, ...contestants]
    const results = await inTurn(rounds, entries, (contestant, round) => {
      run.progress(`latency: round ${round + 1} of ${rounds}, ${contestant?.name ?? 'direct'}`)
      return measureLatency(contestant?.server.port ?? run.backendPort, smallRequest, run.token, rate, seconds)
    })
    await leave(contestants)

    const direct = results.get(null) ?? []
    const added = (taken: readonly Latency[], value: (latency: Latency) => number): Summary =>
      summarise(taken.map((latency, round) => value(latency) - (direct[round] === undefined ? Number.NaN : value(direct[round]))))
    const rows = [...results].map(([contestant, taken]) => [
      contestant?.name ?? 'direct',
      ...[p50, p99].map((value) => spread(summarise(taken.map(value)))),
      ...[p50, p99].map((value) => (contestant === null ? '–' : spread(added(taken, value)))),
    ])
    const own = [...results].find(([contestant]) => contestant?.name === 'postern')?.[1]
    return {
      columns: ['peer', 'p50 µs', 'p99 µs', 'p50 added µs', 'p99 added µs'],
      rows,
      notes: [
        `${figure(rate)} requests/s over 16 connections whatever becomes of them; ${rounds} rounds of ${seconds} s in turn; added: less the direct one of the same round`,
        ...(own === undefined ? [] : [target('postern, p99 added in µs', added(own, p99).median, mostAdded)]),
      ],
    }
  },
}

function p50(latency: Latency): number {
  return latency.p50
}

function p99(latency: Latency): number {
  return latency.p99
}
