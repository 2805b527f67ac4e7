import { type BenchRun, peersNamed } from '../bench-run.ts'
import { type Contestant, enterAll, inTurn, leave, measure, measureWith, usualLoad, warmUp } from '../contestant.ts'
import { smallRequest } from '../fixture/api.ts'
import { makeTlsFiles, whyNoTls } from '../fixture/transport.ts'
import { type HandshakeKind, runHandshakes } from '../load/handshakes.ts'
import { figure, spread } from '../report/table.ts'
import { ratiosByRound, summarise } from '../statistics.ts'
import type { Series } from './series.ts'

type Round = { readonly kept: number; readonly rate: number; readonly full: number; readonly resumed: number }

/** Clients that speak TLS: what the bytes cost on connections that stay, and what opening one costs. */
export const tls: Series = {
  name: 'tls',
  title: 'TLS',
  run: async (run) => {
    const missing = whyNoTls()
    if (missing !== null) {
      run.progress(`tls: ${missing}`)
      return null
    }
    const transport = { tls: await makeTlsFiles(), http2: false }
    const contestants = await enterAll(run, peersNamed(run, 'postern', 'nginx', 'haproxy', 'haproxy-jwt', 'envoy'), { transport })
    if (contestants.length === 0) return null
    const { rounds, seconds } = run.options
    await warmUp(run, contestants)
    const results = await inTurn(rounds, contestants, (contestant, round) => {
      run.progress(`tls: round ${round + 1} of ${rounds}, ${contestant.name}`)
      return take(run, contestant)
    })
    await leave(contestants)

    const base = [...results].find(([{ name }]) => name === 'nginx')?.[1]
    const of = (taken: readonly Round[], value: (round: Round) => number) => taken.map(value)
    const ratio = (taken: readonly Round[], value: (round: Round) => number) =>
      base === undefined ? '–' : spread(ratiosByRound(of(taken, value), of(base, value)))
    const kept = (round: Round) => round.kept
    const full = (round: Round) => round.full
    return {
      columns: [
        'peer',
        'kept: CPU µs/request',
        '÷ nginx',
        'kept: requests/s',
        'new, full handshake: CPU µs',
        '÷ nginx',
        'new, resumed: CPU µs',
      ],
      rows: [...results].map(([{ name }, taken]) => [
        name,
        spread(summarise(of(taken, kept))),
        ratio(taken, kept),
        figure(summarise(of(taken, (round) => round.rate)).median),
        spread(summarise(of(taken, full))),
        ratio(taken, full),
        spread(summarise(of(taken, (round) => round.resumed))),
      ]),
      notes: [
        `TLS 1.3, a certificate with ECDSA P-256 for all, the cipher that each chooses; 150-byte answers, token known; ${rounds} rounds of ${seconds} s in turn`,
        'kept: 64 connections that stay; new: a connection for each request, 8 at a time, closed after the answer; CPU for all of it, the request included',
        'resumed: with the ticket of an earlier connection; a run in which sessions were not resumed is an error',
        ...contestants.map(({ name, about }) => `${name}: ${about}`),
      ],
    }
  },
}

async function take(run: BenchRun, contestant: Contestant): Promise<Round> {
  const kept = await measure(contestant, usualLoad(run))
  const opened = async (kind: HandshakeKind): Promise<number> => {
    const { seconds } = run.options
    const send = async () => ({
      requests: await runHandshakes(contestant.server.port, smallRequest, run.token, seconds, kind),
      seconds,
    })
    return (await measureWith(contestant, send)).processor
  }
  return { kept: kept.processor, rate: kept.rate, full: await opened('full'), resumed: await opened('resumed') }
}
