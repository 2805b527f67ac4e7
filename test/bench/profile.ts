/**
 * `npm run profile`: where a gateway's time goes under load. The gateway is the benchmark's own, with all policies; Node samples what it
 * is doing every 200 µs (`--cpu-prof`), and only what is sampled under the measured load is counted. See docs/benchmarks.md.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { BenchRun } from './bench-run.ts'
import { type Contestant, enter, leave, type Measurement, measure, measureWith, usualLoad, warmUp } from './contestant.ts'
import { smallRequest } from './fixture/api.ts'
import { benchOperations } from './fixture/definition.ts'
import { makeTlsFiles, type Transport } from './fixture/transport.ts'
import { runH2load } from './load/h2load.ts'
import { cleanUp, cleanUpOnSignals } from './machine/cleanup.ts'
import { processorSplit } from './machine/process-tree.ts'
import { temporaryFolder } from './machine/temporary-folder.ts'
import { posternPeer } from './peers/postern.ts'
import { prepareRun } from './prepare-run.ts'
import { type CpuProfile, selfTimes } from './report/cpu-profile.ts'
import { figure, renderText } from './report/table.ts'

const usage = `npm run profile -- [options]

  --transport <name>  cleartext, tls, http2 or http2-tls (default cleartext)
  --seconds <number>  length of the measured load (default 5)
  --top <number>      functions to show (default 40)`

async function profile(): Promise<void> {
  const { values } = parseArgs({
    options: {
      transport: { type: 'string', default: 'cleartext' },
      seconds: { type: 'string', default: '5' },
      top: { type: 'string', default: '40' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(usage)
  const [seconds, top] = [Number(values.seconds), Number(values.top)]
  const run = await prepareRun({ series: null, peers: null, rounds: 1, seconds, rate: 1000, markdown: null }, [])
  const folder = await temporaryFolder()
  const nodeOptions = ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${folder}`]
  const peer = posternPeer({ name: 'postern', about: '', logLevel: 'warn', operations: benchOperations, nodeOptions })
  const contestant = await enter(run, peer, { transport: await transportNamed(values.transport) })
  await warmUp(run, [contestant], (warmed) => load(run, warmed))

  const start = monotonicMicroseconds()
  const before = processorSplit(contestant.server.pid)
  const { processor, rate } = await load(run, contestant)
  const after = processorSplit(contestant.server.pid)
  const end = monotonicMicroseconds()
  await leave([contestant])

  const [file = ''] = await readdir(folder)
  // Node's own format; what is used of it is checked where it is read.
  const taken = JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile
  const system = after.system - before.system
  const share = (system / (system + after.user - before.user)) * 100
  console.log(
    renderText({
      title: `Profile, ${values.transport}`,
      columns: ['function', 'self %', 'self µs/request'],
      rows: selfTimes(taken, start, end)
        .slice(0, top)
        .map(({ name, share }) => [name, figure(share * 100), figure(share * processor)]),
      notes: [
        `${figure(processor)} µs a request, of which ${figure(share)} % in the kernel; ${figure(rate)} requests/s while it is being sampled`,
        '(program): native code without a JavaScript function above it, the event loop and its system calls among it',
      ],
    }),
  )
}

async function transportNamed(name: string): Promise<Transport> {
  if (!['cleartext', 'tls', 'http2', 'http2-tls'].includes(name)) throw new Error(usage)
  return { tls: name.endsWith('tls') ? await makeTlsFiles() : null, http2: name.startsWith('http2') }
}

function load(run: BenchRun, contestant: Contestant): Promise<Measurement> {
  const { transport, server } = contestant
  if (!transport.http2) return measure(contestant, usualLoad(run))
  const { token, options } = run
  const words = { path: smallRequest.path, token, tls: transport.tls !== null, connections: 16, streams: 4, seconds: options.seconds }
  return measureWith(contestant, () => runH2load(server.port, words))
}

/** The clock of V8's profiles. */
function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

cleanUpOnSignals()
try {
  await profile()
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  await cleanUp()
}
