import { runClient } from '../machine/client-process.ts'
import { findProgram } from '../machine/programs.ts'
import type { LoadResult } from './wrk.ts'

export type Http2Load = {
  readonly path: string
  readonly token: string
  readonly tls: boolean
  readonly connections: number
  /** Requests under way at the same time on each connection. */
  readonly streams: number
  readonly seconds: number
}

export const whyNoH2load = (): string | null =>
  findProgram('h2load') === null ? 'h2load is not installed: apt-get install nghttp2-client' : null

/** Sends the load from one thread. Throws unless every answer was 2xx. */
export async function runH2load(port: number, load: Http2Load): Promise<LoadResult> {
  const { path, token, tls, connections, streams, seconds } = load
  const words = ['-t1', `-c${connections}`, `-m${streams}`, `-D${seconds}`, '-H', `authorization: Bearer ${token}`]
  const target = `${tls ? 'https' : 'http'}://127.0.0.1:${port}${path}`
  return readResult(await runClient({ command: [findProgram('h2load') ?? 'h2load', ...words, target] }), seconds)
}

function readResult(output: string, seconds: number): LoadResult {
  const done = /(\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored/.exec(output)
  const statuses = /status codes: (\d+) 2xx/.exec(output)
  const requests = Number(done?.[1] ?? 0)
  // What is under way when the time is up was started and is not counted as done.
  if (requests === 0 || Number(statuses?.[1]) < requests) throw new Error(`h2load: not every request went right:\n${output}`)
  return { requests, seconds }
}
