/** `npm run bench`: Postern beside other proxies, all of them on this machine and its loopback interface. See docs/benchmarks.md. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { BenchRun } from './bench-run.ts'
import { makeIdentity, mintToken } from './fixture/identity.ts'
import { cleanUp, cleanUpOnSignals, wasInterrupted } from './machine/cleanup.ts'
import { freePort } from './machine/free-port.ts'
import { findProgram } from './machine/programs.ts'
import { startServer } from './machine/server-process.ts'
import { temporaryFolder } from './machine/temporary-folder.ts'
import { type BenchOptions, readOptions, usage } from './options.ts'
import { allPeers } from './peers/all-peers.ts'
import type { Peer } from './peers/peer.ts'
import { circumstances } from './report/circumstances.ts'
import { renderDocument } from './report/document.ts'
import { renderText, type Table } from './report/table.ts'
import { allSeries } from './series/all-series.ts'

const backendProgram = fileURLToPath(new URL('./fixture/backend.ts', import.meta.url))

async function bench(options: BenchOptions): Promise<void> {
  if (findProgram('wrk') === null) throw new Error('wrk, the client, is not installed: apt-get install wrk')
  const { peers, skipped } = await choosePeers(options.peers)
  const about = circumstances()
  console.log([...about, ...skipped.map((reason) => `skipped: ${reason}`), ''].join('\n'))

  const run = await prepare(options, peers)
  const tables: Table[] = []
  for (const series of allSeries) {
    if (options.series !== null && !options.series.includes(series.name)) continue
    const table = await series.run(run)
    if (table === null) {
      run.progress(`${series.name}: no peer for it`)
      continue
    }
    console.log(renderText(table))
    tables.push(table)
  }
  if (options.markdown !== null) await writeFile(options.markdown, renderDocument({ circumstances: about, skipped, tables }))
}

async function choosePeers(names: readonly string[] | null): Promise<{ peers: readonly Peer[]; skipped: readonly string[] }> {
  const peers: Peer[] = []
  const skipped: string[] = []
  for (const peer of allPeers) {
    if (names !== null && !names.includes(peer.name)) continue
    const missing = await peer.whyMissing()
    if (missing === null) peers.push(peer)
    else skipped.push(`${peer.name}: ${missing}`)
  }
  return { peers, skipped }
}

async function prepare(options: BenchOptions, peers: readonly Peer[]): Promise<BenchRun> {
  const identity = makeIdentity()
  const [token, folder, port] = await Promise.all([mintToken(identity, 'known'), temporaryFolder(), freePort()])
  await startServer({ command: [process.execPath, backendProgram, String(port)], role: 'surroundings', port, folder })
  const progress = (text: string) => process.stderr.write(`${text}\n`)
  return { options, identity, token, backendPort: port, peers, progress }
}

async function main(): Promise<number> {
  const seriesNames = allSeries.map(({ name }) => name)
  const peerNames = allPeers.map(({ name }) => name)
  let options: BenchOptions | 'help'
  try {
    options = readOptions(process.argv.slice(2), seriesNames, peerNames)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 2
  }
  if (options === 'help') {
    console.log(usage(seriesNames, peerNames))
    return 0
  }
  cleanUpOnSignals()
  try {
    await bench(options)
    return 0
  } catch (error) {
    if (!wasInterrupted()) console.error(error)
    return 1
  } finally {
    await cleanUp()
  }
}

process.exitCode = await main()
