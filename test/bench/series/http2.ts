import { peersNamed } from '../bench-run.ts'
import { type Contestant, enterAll, inTurn, leave, measureWith, warmUp } from '../contestant.ts'
import { smallRequest } from '../fixture/api.ts'
import { makeTlsFiles, type Transport, whyNoTls } from '../fixture/transport.ts'
import { runH2load, whyNoH2load } from '../load/h2load.ts'
import { figure, megabytes, spread } from '../report/table.ts'
import { ratiosByRound, summarise } from '../statistics.ts'
import type { Series } from './series.ts'

const connections = 16
const streams = 4

/** Clients that speak HTTP/2, in cleartext by prior knowledge and over TLS; HTTP/1.1 to the backend. */
export const http2: Series = {
  name: 'http2',
  title: 'HTTP/2',
  run: async (run) => {
    const missing = whyNoH2load() ?? whyNoTls()
    if (missing !== null) {
      run.progress(`http2: ${missing}`)
      return null
    }
    const { rounds, seconds } = run.options
    const rows: string[][] = []
    const abouts = new Set<string>()
    const transports: readonly Transport[] = [
      { tls: null, http2: true },
      { tls: await makeTlsFiles(), http2: true },
    ]
    for (const transport of transports) {
      const label = transport.tls === null ? 'cleartext' : 'TLS'
      const contestants = await enterAll(run, peersNamed(run, 'postern', 'nginx', 'haproxy', 'haproxy-jwt', 'envoy'), { transport })
      if (contestants.length === 0) return null
      const load = { path: smallRequest.path, token: run.token, tls: transport.tls !== null, connections, streams, seconds }
      const take = (contestant: Contestant) => measureWith(contestant, () => runH2load(contestant.server.port, load))
      await warmUp(run, contestants, take)
      const results = await inTurn(rounds, contestants, (contestant, round) => {
        run.progress(`http2: ${label}, round ${round + 1} of ${rounds}, ${contestant.name}`)
        return take(contestant)
      })
      await leave(contestants)
      const base = [...results].find(([{ name }]) => name === 'nginx')?.[1]?.map(({ processor }) => processor)
      for (const [{ name, about }, taken] of results) {
        abouts.add(`${name}: ${about}`)
        const processor = taken.map((round) => round.processor)
        rows.push([
          `${name}, ${label}`,
          spread(summarise(processor)),
          base === undefined ? '–' : spread(ratiosByRound(processor, base)),
          figure(summarise(taken.map(({ rate }) => rate)).median),
          megabytes(summarise(taken.map(({ memory }) => memory)).median),
        ])
      }
    }
    return {
      columns: ['peer', 'CPU µs/request', '÷ nginx', 'requests/s', 'RSS MB'],
      rows,
      notes: [
        `${connections} connections with ${streams} requests under way on each, 150-byte answers, token known; HTTP/1.1 to the backend; ${rounds} rounds of ${seconds} s in turn`,
        'cleartext by prior knowledge; TLS 1.3 with a certificate with ECDSA P-256 for all',
        ...abouts,
      ],
    }
  },
}
