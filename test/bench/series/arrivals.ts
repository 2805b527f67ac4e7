import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { etcdIsMissing } from '../../wire/etcd.ts'
import { freePort } from '../../wire/free-port.ts'
import { rabbitIsMissing } from '../../wire/rabbitmq.ts'
import { redisIsMissing } from '../../wire/redis.ts'
import { type BenchRun, peersNamed } from '../bench-run.ts'
import { enter, leave, measure, usualLoad, warmUp } from '../contestant.ts'
import { benchOperations } from '../fixture/definition.ts'
import { atEnd } from '../machine/cleanup.ts'
import { pinned } from '../machine/pinning.ts'
import { posternPeer } from '../peers/postern.ts'
import { spread, target } from '../report/table.ts'
import { ratiosByRound, summarise } from '../statistics.ts'
import type { Series } from './series.ts'

const program = fileURLToPath(new URL('../fixture/revoking-source.ts', import.meta.url))

const list = { type: 'list', url: '${LIST_URL}', every: '1h' }
const kinds = [
  { kind: 'etcd', missing: etcdIsMissing, feeds: [{ type: 'etcd', endpoints: ['${SOURCE_URL}'] }] },
  { kind: 'redis', missing: redisIsMissing, feeds: [{ type: 'redis', url: '${SOURCE_URL}' }] },
  { kind: 'amqp', missing: rabbitIsMissing, feeds: [{ type: 'amqp', url: '${SOURCE_URL}', topic: 'revoked' }, list] },
  { kind: 'amqp10', missing: rabbitIsMissing, feeds: [{ type: 'amqp10', url: '${SOURCE_URL}', topic: '/topic/revoked' }, list] },
] as const

/** Revocations that arrive before anything is measured. Of the first thousands each costs some three times as much: Node still compiles what reads them. */
const before = 20_000

/** What a request costs while a thousand revocations a second arrive, one by one, by each kind of feed. */
export const arrivals: Series = {
  name: 'arrivals',
  title: 'Revocations arriving',
  run: async (run) => {
    if (peersNamed(run, 'postern').length === 0) return null
    const measured: Measured[] = []
    for (const each of kinds) if (each.missing === false) measured.push(await measureFeed(run, each))
    return {
      columns: ['feed', 'revoked/s', 'CPU µs/request while the gateway does not hear of it', 'while it does', '÷'],
      rows: measured.map(({ kind, rate, quiet, busy }) => [
        kind,
        String(Math.round(rate)),
        spread(summarise(quiet)),
        spread(summarise(busy)),
        spread(ratiosByRound(busy, quiet)),
      ]),
      notes: [
        `${before.toLocaleString('en')} have arrived before anything is measured, as requests have: Node has compiled what reads them`,
        '64 connections with one known token; the source and who revokes there run beside client and backend, and do the same in both',
        ...measured.map(({ kind, quiet, busy }) => target(`${kind}, ÷`, ratiosByRound(busy, quiet).median, 1.05)),
      ],
    }
  },
}

type Measured = { readonly kind: string; readonly rate: number; readonly quiet: readonly number[]; readonly busy: readonly number[] }

async function measureFeed(run: BenchRun, { kind, feeds }: (typeof kinds)[number]): Promise<Measured> {
  const [command = '', ...words] = pinned('surroundings', [process.execPath, program, kind])
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] })
  const end = atEnd(async () => {
    const closed = once(child, 'close')
    child.stdin.end()
    await closed
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const told = async (): Promise<string> => (await lines.next()).value ?? '{}'
  const settings = JSON.parse(await told()) as Readonly<Record<string, string>>
  const adminPort = await freePort()
  const peer = posternPeer({
    name: 'postern',
    about: `with revocations of ${kind}`,
    logLevel: 'warn',
    operations: benchOperations,
    project: { revocation: { feeds, onStale: { after: '3h', action: 'allow' } }, limits: { maxConnections: 20_000 } },
    environment: { ...settings, POSTERN_ADMIN_PORT: String(adminPort) },
  })
  const contestant = await enter(run, peer)
  const quiet: number[] = []
  const busy: number[] = []
  let made = 0
  // The source does the same in both places: what it takes of its core, client and backend lack.
  const costWhile = async (word: 'begin' | 'elsewhere'): Promise<number> => {
    child.stdin.write(`${word}\n`)
    const { processor } = await measure(contestant, usualLoad(run))
    child.stdin.write('stop\n')
    made = Number(await told())
    return processor
  }
  await warmUp(run, [contestant])
  run.progress(`arrivals: ${kind}, before measuring`)
  while (made < before) await costWhile('begin')
  const madeBefore = made
  let milliseconds = 0
  for (let round = 0; round < run.options.rounds; round++) {
    run.progress(`arrivals: ${kind}, round ${round + 1} of ${run.options.rounds}`)
    quiet.push(await costWhile('elsewhere'))
    const begun = performance.now()
    busy.push(await costWhile('begin'))
    milliseconds += performance.now() - begun
  }
  await knows(adminPort, made)
  await leave([contestant])
  await end()
  return { kind, rate: ((made - madeBefore) / milliseconds) * 1000, quiet, busy }
}

/** What arrived has arrived in the gateway too. */
async function knows(adminPort: number, wanted: number): Promise<void> {
  for (const end = performance.now() + 10_000; performance.now() < end; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    if (Number(/^postern_revocation_entries (\S+)$/m.exec(text)?.[1]) === wanted) return
  }
  throw new Error('revocations that arrived are not known')
}
