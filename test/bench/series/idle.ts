import { setTimeout as delay } from 'node:timers/promises'
import { type BenchRun, peersNamed } from '../bench-run.ts'
import { type Contestant, enter, leave, measureWith, warmUp } from '../contestant.ts'
import { smallRequest } from '../fixture/api.ts'
import { cleartext, makeTlsFiles, type Transport, whyNoTls } from '../fixture/transport.ts'
import { runH2load, whyNoH2load } from '../load/h2load.ts'
import { holdConnections } from '../load/idle-connections.ts'
import type { LoadResult } from '../load/wrk.ts'
import { whyNoDescriptors } from '../machine/descriptors.ts'
import { processorTime, residentMemory } from '../machine/process-tree.ts'
import { figure, megabytes, target } from '../report/table.ts'
import type { Series } from './series.ts'

const count = 10_000
/** 40 KB of 1,024 bytes. */
const mostKilobytes = 40.96

/** Between the last request and the measurement: collectors and sweeps have had their turn. */
const restMilliseconds = 2000

/** The kernel counts processor time in hundredths of a second. */
const fewestSeconds = 5

type Idle = { readonly before: number; readonly after: number; readonly processor: number }

/** Many clients that are connected and ask for nothing. */
export const idle: Series = {
  name: 'idle',
  title: 'Idle connections',
  run: async (run) => {
    const missing = whyNoDescriptors(count + 1000)
    if (missing !== null) {
      run.progress(`idle: ${missing}`)
      return null
    }
    const files = whyNoTls() === null ? await makeTlsFiles() : null
    const transports: readonly Transport[] = [
      cleartext,
      ...(files === null ? [] : [{ tls: files, http2: false }]),
      ...(whyNoH2load() === null ? [{ tls: null, http2: true }] : []),
      ...(files === null || whyNoH2load() !== null ? [] : [{ tls: files, http2: true }]),
    ]
    const rows: string[][] = []
    const verdicts: string[] = []
    for (const transport of transports) {
      for (const peer of peersNamed(run, 'postern', 'nginx', 'haproxy', 'envoy')) {
        const label = `${peer.name}, ${transport.http2 ? 'HTTP/2, ' : ''}${transport.tls === null ? 'cleartext' : 'TLS'}`
        run.progress(`idle: ${label}`)
        const contestant = await enter(run, peer, { transport, connections: count + 100 })
        const load = transport.http2 ? () => measureWith(contestant, () => loadHttp2(run, contestant)) : undefined
        await warmUp(run, [contestant], load)
        const { before, after, processor } = await hold(run, contestant)
        await leave([contestant])
        const kilobytes = (after - before) / count / 1000
        rows.push([label, figure(kilobytes), megabytes(before), megabytes(after), figure(processor)])
        if (peer.name === 'postern') verdicts.push(target(`${label}, kB for each idle connection`, kilobytes, mostKilobytes))
      }
    }
    if (rows.length === 0) return null
    return {
      columns: ['peer', 'kB/connection', 'RSS MB before', `RSS MB with ${count.toLocaleString('en')}`, 'CPU ms/s while idle'],
      rows,
      notes: [
        `${count.toLocaleString('en')} connections, of HTTP/1.1 where nothing else is said, each of which has had one answer and stays open; memory of the process, not what the kernel holds for its sockets`,
        'before: after a load that warmed it up; once for each peer',
        ...verdicts,
      ],
    }
  },
}

function loadHttp2({ token, options }: BenchRun, { server, transport }: Contestant): Promise<LoadResult> {
  const tls = transport.tls !== null
  return runH2load(server.port, { path: smallRequest.path, token, tls, connections: 16, streams: 4, seconds: options.seconds })
}

async function hold(run: BenchRun, { server, transport }: Contestant): Promise<Idle> {
  await delay(restMilliseconds)
  const before = residentMemory(server.pid)
  const letGo = await holdConnections(server.port, { path: smallRequest.path, token: run.token, count, transport })
  await delay(restMilliseconds)
  const after = residentMemory(server.pid)
  const [used, start] = [processorTime(server.pid), performance.now()]
  await delay(Math.max(fewestSeconds, run.options.seconds) * 1000)
  const processor = (processorTime(server.pid) - used) / (performance.now() - start)
  await letGo()
  return { before, after, processor }
}
