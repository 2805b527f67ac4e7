import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../../wire/free-port.ts'
import { peersNamed } from '../bench-run.ts'
import { enter, leave, measure, usualLoad, warmUp } from '../contestant.ts'
import { smallRequest } from '../fixture/api.ts'
import { benchOperations } from '../fixture/definition.ts'
import { FilledEtcd } from '../fixture/filled-etcd.ts'
import type { RevocationFigures } from '../fixture/revocation-figures.ts'
import { temporaryFolder } from '../machine/temporary-folder.ts'
import { posternPeer } from '../peers/postern.ts'
import { figure, megabytes, spread, target } from '../report/table.ts'
import { ratiosByRound, summarise } from '../statistics.ts'
import type { Series } from './series.ts'

const entries = 1_000_000
const arriving = 1000
const program = fileURLToPath(new URL('../fixture/revocation-figures.ts', import.meta.url))

/** A million revocations: looking for one, where they are kept, where they come from; and what it costs when many arrive. */
export const revocations: Series = {
  name: 'revocations',
  title: 'Revocations',
  run: async (run) => {
    if (peersNamed(run, 'postern').length === 0) return null
    run.progress('revocations: the table, and the disk')
    const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: await temporaryFolder() })
    const table = JSON.parse(stdout) as RevocationFigures

    const etcd = await FilledEtcd.start(entries, run.progress)
    const adminPort = await freePort()
    const peer = posternPeer({
      name: 'postern',
      about: 'with revocations',
      logLevel: 'warn',
      operations: benchOperations,
      project: {
        revocation: { feeds: [{ type: 'etcd', endpoints: ['${ETCD_URL}'] }], onStale: { action: 'allow' } },
        limits: { maxConnections: 20_000, maxRevocations: 2 * entries },
      },
      environment: { ETCD_URL: etcd.url, POSTERN_ADMIN_PORT: String(adminPort) },
    })
    const contestant = await enter(run, peer)
    const load = await whileItLoads(contestant.server.port, adminPort, run.token)

    const quiet: number[] = []
    const busy: number[] = []
    const rates: number[] = []
    await warmUp(run, [contestant])
    for (let round = 0; round < run.options.rounds; round++) {
      run.progress(`revocations: round ${round + 1} of ${run.options.rounds}`)
      quiet.push((await measure(contestant, usualLoad(run))).processor)
      const stop = etcd.revoke(arriving)
      busy.push((await measure(contestant, usualLoad(run))).processor)
      rates.push(await stop())
    }
    await knows(adminPort, etcd.entries)
    await leave([contestant])
    await etcd.stop()

    const ratio = ratiosByRound(busy, quiet)
    const rate = summarise(rates).median
    return {
      columns: ['of 1,000,000', ''],
      rows: [
        ['look for what is not there, ns', figure(table.absent)],
        ['look for what is there, ns', figure(table.present)],
        ['a request with a known token: its question, ns', figure(table.known)],
        ['the same, the first after something has changed, ns', figure(table.changed)],
        ['memory, announced, MB', megabytes(table.announcedBytes)],
        ['memory, one by one, MB', megabytes(table.singleBytes)],
        ['read from disk, s', figure(table.restored / 1000)],
        ['read from etcd, from the start of the process, s', figure(load.seconds)],
        ['longest pause of the event loop meanwhile, ms', figure(load.longestPause * 1000)],
        ['requests answered meanwhile', figure(load.answers)],
        ['CPU µs/request', spread(summarise(quiet))],
        [`the same while ${figure(rate)} a second arrive`, spread(summarise(busy))],
        ['÷', spread(ratio)],
      ],
      notes: [
        'looks are of random hashes, in nanoseconds of CPU time, the best of five turns; disk: the best of five',
        'etcd runs beside client and backend: what it costs itself is not the gateway’s',
        'while it is read from etcd one client asks again and again; then 64 connections with one known token, as in the first section',
        target('look for what is not there, ns', table.absent, 100),
        target('look for what is there, ns', table.present, 100),
        target('a request with a known token, ns', table.known, 100),
        target('memory, one by one, MB', table.singleBytes / 1e6, 24),
        target('read from disk, s', table.restored / 1000, 1),
        target('read from etcd, s', load.seconds, 10),
        target('CPU while 1,000 a second arrive ÷ without', ratio.median, 1.05),
      ],
    }
  },
}

/** `seconds`: since the process was started. */
type Loading = { readonly seconds: number; readonly answers: number; readonly longestPause: number }

/** Asks again and again until everything is known. */
async function whileItLoads(port: number, adminPort: number, token: string): Promise<Loading> {
  const admin = `http://127.0.0.1:${adminPort}`
  let answers = 0
  let checked = performance.now()
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}${smallRequest.path}`, { headers: { Authorization: `Bearer ${token}` } })
    await answer.arrayBuffer()
    answers++
    if (performance.now() - checked < 50) continue
    checked = performance.now()
    if ((await fetch(`${admin}/ready`)).status === 200) break
  }
  const value = await metricsOf(adminPort)
  if (value('postern_revocation_entries') !== entries) throw new Error(`${value('postern_revocation_entries')} revocations are known`)
  return { seconds: value('process_uptime_seconds'), answers, longestPause: value('nodejs_eventloop_lag_max_seconds') }
}

/** What arrived has arrived in the gateway too. */
async function knows(adminPort: number, wanted: number): Promise<void> {
  for (const end = performance.now() + 5_000; performance.now() < end; await delay(100)) {
    if ((await metricsOf(adminPort))('postern_revocation_entries') === wanted) return
  }
  throw new Error('revocations that arrived are not known')
}

async function metricsOf(adminPort: number): Promise<(name: string) => number> {
  const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
  return (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
}
