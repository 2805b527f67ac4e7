/** What a gateway holds at a moment, from the kernel and from its own metrics. */
import { readdirSync, readlinkSync } from 'node:fs'
import { processorTime, residentMemory } from '../bench/machine/process-tree.ts'

export type Sample = {
  /** Since traffic began. */
  readonly seconds: number
  /** Resident memory in bytes. */
  readonly memory: number
  readonly heapUsed: number
  readonly external: number
  readonly descriptors: number
  readonly sockets: number
  /** User and system time so far, in microseconds. */
  readonly processor: number
  readonly inFlight: number
  readonly clientConnections: number
}

export async function takeSample(pid: number, adminPort: number, seconds: number): Promise<Sample> {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/metrics`, { headers: { connection: 'close' } })
  const metrics = await answer.text()
  const { descriptors, sockets } = openFiles(pid)
  return {
    seconds,
    memory: residentMemory(pid),
    heapUsed: metric(metrics, 'nodejs_heap_size_used_bytes'),
    external: metric(metrics, 'nodejs_external_memory_bytes'),
    descriptors,
    sockets,
    processor: processorTime(pid),
    inFlight: metric(metrics, 'postern_requests_in_flight'),
    clientConnections: metric(metrics, 'postern_connections_open'),
  }
}

/** All values of that name added up: with more threads there may be one for each. */
function metric(text: string, name: string): number {
  const found = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))]
  if (found.length === 0) throw new Error(`the gateway has no metric ${name}`)
  return found.reduce((sum, [, value]) => sum + Number(value), 0)
}

function openFiles(pid: number): { descriptors: number; sockets: number } {
  const links = readdirSync(`/proc/${pid}/fd`).map((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`)
    } catch {
      return ''
    }
  })
  return { descriptors: links.length, sockets: links.filter((link) => link.startsWith('socket:')).length }
}
