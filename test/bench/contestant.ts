import { freePort } from '../wire/free-port.ts'
import type { BenchRun } from './bench-run.ts'
import { smallRequest } from './fixture/api.ts'
import { cleartext, type Transport } from './fixture/transport.ts'
import { type Load, type LoadResult, runWrk } from './load/wrk.ts'
import { processorTime, residentMemory } from './machine/process-tree.ts'
import type { ServerProcess } from './machine/server-process.ts'
import { temporaryFolder } from './machine/temporary-folder.ts'
import { checkPeer } from './peers/check-peer.ts'
import type { Peer } from './peers/peer.ts'

/** A peer that is running and takes its turns. */
export type Contestant = {
  readonly name: string
  readonly about: string
  readonly server: ServerProcess
  readonly folder: string
  readonly transport: Transport
}

export type Entrance = {
  /** Idle connections to the backend that are worth keeping; 64 without it. */
  readonly keepAlive?: number
  /** Client connections at the same time; 4,096 without it. */
  readonly connections?: number
  /** HTTP/1.1 in cleartext without it. */
  readonly transport?: Transport
}

export type Measurement = {
  /** Processor time of the proxy, all its processes and threads, in microseconds a request. */
  readonly processor: number
  /** Requests a second. */
  readonly rate: number
  /** Bytes, at the end of the load. */
  readonly memory: number
}

/** Starts a peer and makes sure that it does what it is compared for. */
export async function enter(run: BenchRun, peer: Peer, entrance: Entrance = {}): Promise<Contestant> {
  const { keepAlive = 64, connections = 4096, transport = cleartext } = entrance
  run.progress(`starting ${peer.name}`)
  const [folder, port] = await Promise.all([temporaryFolder(), freePort()])
  const server = await peer.start({ folder, port, backendPort: run.backendPort, identity: run.identity, transport, connections, keepAlive })
  await checkPeer({ peer, port, transport }, run.identity)
  return { name: peer.name, about: peer.about, server, folder, transport }
}

/** Starts several peers, one after another. */
export async function enterAll(run: BenchRun, peers: readonly Peer[], entrance?: Entrance): Promise<readonly Contestant[]> {
  const contestants: Contestant[] = []
  for (const peer of peers) contestants.push(await enter(run, peer, entrance))
  return contestants
}

export async function leave(contestants: readonly Contestant[]): Promise<void> {
  for (const { server } of contestants) await server.stop()
}

/** One load on one contestant. The time counts from before the first connection to after the last answer. */
export function measure(contestant: Contestant, load: Load): Promise<Measurement> {
  const tls = contestant.transport.tls !== null
  return measureWith(contestant, () => runWrk(contestant.server.port, { ...load, tls }, contestant.folder))
}

/** What any load costs. */
export async function measureWith(contestant: Contestant, send: () => Promise<LoadResult>): Promise<Measurement> {
  const { pid } = contestant.server
  const before = processorTime(pid)
  const { requests, seconds } = await send()
  const used = processorTime(pid) - before
  return { processor: used / requests, rate: requests / seconds, memory: residentMemory(pid) }
}

const mostWarmUps = 8

/** Loads each until it gets no cheaper any more: compilers at run time need some 100,000 requests to know what is worth it. */
export async function warmUp(
  run: BenchRun,
  contestants: readonly Contestant[],
  once: (contestant: Contestant) => Promise<Measurement> = (contestant) => measure(contestant, usualLoad(run)),
): Promise<void> {
  for (const contestant of contestants) {
    run.progress(`warming up ${contestant.name}`)
    let best = Number.POSITIVE_INFINITY
    for (let turn = 0; turn < mostWarmUps; turn++) {
      const { processor } = await once(contestant)
      if (processor > best * 0.97) break
      best = processor
    }
  }
}

/** What is sent where a series says nothing else. */
export function usualLoad({ options, token }: BenchRun): Load {
  return { workload: smallRequest, connections: 64, seconds: options.seconds, token }
}

/** A B C A B C …: a machine that grows slower or faster meanwhile does so for all of them. */
export async function inTurn<Entry, Result>(
  rounds: number,
  entries: readonly Entry[],
  take: (entry: Entry, round: number) => Promise<Result>,
): Promise<ReadonlyMap<Entry, readonly Result[]>> {
  const results = new Map<Entry, Result[]>(entries.map((entry) => [entry, []]))
  for (let round = 0; round < rounds; round++) {
    for (const entry of entries) results.get(entry)?.push(await take(entry, round))
  }
  return results
}
