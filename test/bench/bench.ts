/** `npm run bench`: Postern beside other proxies, all of them on this machine and its loopback interface. See docs/benchmarks.md. */
import { readFile, writeFile } from 'node:fs/promises'
import { cleanUp, cleanUpOnSignals, wasInterrupted } from './machine/cleanup.ts'
import { findProgram } from './machine/programs.ts'
import { type BenchOptions, readOptions, usage } from './options.ts'
import { allPeers } from './peers/all-peers.ts'
import type { Peer } from './peers/peer.ts'
import { prepareRun } from './prepare-run.ts'
import { circumstances, moment } from './report/circumstances.ts'
import { type Report, renderDocument, revocationSoakTitle, soakTitle } from './report/document.ts'
import { renderText, type Table } from './report/table.ts'
import { allSeries } from './series/all-series.ts'

async function bench(options: BenchOptions): Promise<void> {
  if (findProgram('wrk') === null) throw new Error('wrk, the client, is not installed: apt-get install wrk')
  const { peers, skipped } = await choosePeers(options.peers)
  const about = circumstances()
  const now = moment()
  console.log([now, ...about, ...skipped.map((reason) => `skipped: ${reason}`), ''].join('\n'))

  const run = await prepareRun(options, peers)
  const tables: Table[] = []
  for (const series of allSeries) {
    if (options.series !== null && !options.series.has(series.name)) continue
    const rounds = options.series?.get(series.name) ?? options.rounds
    const table = await series.run({ ...run, options: { ...options, rounds } })
    if (table === null) {
      run.progress(`${series.name}: no peer for it`)
      continue
    }
    const dated = { title: series.title, ...table, notes: [...table.notes, now] }
    console.log(renderText(dated))
    tables.push(dated)
  }
  if (options.markdown !== null) await writeDocument(options.markdown, { circumstances: about, skipped, tables })
}

async function writeDocument(file: string, report: Report): Promise<void> {
  const previous = await readFile(file, 'utf8').catch(() => '')
  await writeFile(file, renderDocument(report, previous, [...allSeries.map(({ title }) => title), soakTitle, revocationSoakTitle]))
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
