import { type Contestant, enterAll, inTurn, leave, type Measurement, measure, usualLoad, warmUp } from '../contestant.ts'
import { smallRequest } from '../fixture/api.ts'
import { type Latency, measureLatency } from '../load/fixed-rate.ts'
import { figure, megabytes, spread, target } from '../report/table.ts'
import { ratiosByRound, summarise } from '../statistics.ts'
import type { Series } from './series.ts'

type Round = Measurement & Latency

/** Whom Postern is held against, and what it may cost at the most beside each. */
const wantedRatios = [
  { peer: 'nginx', most: 1.3 },
  { peer: 'haproxy-jwt', most: 0.6 },
  { peer: 'envoy', most: 0.6 },
  { peer: 'krakend', most: 0.4 },
] as const

/** The main one: every peer, all policies on where it has them, a known token, small answers. */
export const policies: Series = {
  name: 'policies',
  title: 'All policies, token known',
  run: async (run) => {
    const { rounds, seconds, rate } = run.options
    const contestants = await enterAll(run, run.peers)
    const take = async (contestant: Contestant, round: number): Promise<Round> => {
      run.progress(`policies: round ${round + 1} of ${rounds}, ${contestant.name}`)
      const measurement = await measure(contestant, usualLoad(run))
      return { ...measurement, ...(await measureLatency(contestant.server.port, smallRequest, run.token, rate, seconds)) }
    }
    await warmUp(run, contestants)
    const results = await inTurn(rounds, contestants, take)
    await leave(contestants)

    const roundsOf = (name: string): readonly Round[] | undefined => [...results].find(([contestant]) => contestant.name === name)?.[1]
    const bases = wantedRatios.map(({ peer, most }) => ({ peer, most, taken: roundsOf(peer) }))
    const rows = [...results].map(([{ name }, taken]) => [
      name,
      spread(summarise(taken.map(processor))),
      ...bases.map((base) => (base.taken === undefined ? '–' : spread(ratiosByRound(taken.map(processor), base.taken.map(processor))))),
      figure(summarise(taken.map((round) => round.rate)).median),
      figure(summarise(taken.map(({ p50 }) => p50)).median),
      figure(summarise(taken.map(({ p99 }) => p99)).median),
      megabytes(summarise(taken.map(({ memory }) => memory)).median),
    ])
    return {
      columns: [
        'peer',
        'CPU µs/request',
        ...wantedRatios.map(({ peer }) => `÷ ${peer}`),
        'requests/s',
        `p50 µs at ${rate}/s`,
        `p99 µs at ${rate}/s`,
        'RSS MB',
      ],
      rows,
      notes: [
        `64 connections, 150-byte answers, ${rounds} rounds of ${seconds} s in turn: median (min–max); ratios are of neighbouring measurements`,
        ...contestants.map(({ name, about }) => `${name}: ${about}`),
        ...verdicts(roundsOf('postern') ?? [], bases),
      ],
    }
  },
}

function processor(round: Round): number {
  return round.processor
}

function verdicts(
  own: readonly Round[],
  bases: readonly { peer: string; most: number; taken: readonly Round[] | undefined }[],
): readonly string[] {
  if (own.length === 0) return []
  const lines = [target('postern, CPU µs/request', summarise(own.map(processor)).median, 25)]
  for (const { peer, most, taken } of bases) {
    if (taken === undefined) continue
    lines.push(target(`postern ÷ ${peer}`, ratiosByRound(own.map(processor), taken.map(processor)).median, most))
  }
  return lines
}
