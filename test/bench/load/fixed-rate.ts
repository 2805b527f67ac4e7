import { fileURLToPath } from 'node:url'
import type { Workload } from '../fixture/api.ts'
import { runClient } from '../machine/client-process.ts'
import { percentile } from '../statistics.ts'

/** In microseconds, from the writing of a request to the last byte of its answer. */
export type Latency = { readonly p50: number; readonly p99: number }

const client = fileURLToPath(new URL('./fixed-rate-client.ts', import.meta.url))
const connections = 16

/** Sends `rate` requests a second, whatever becomes of them. */
export async function measureLatency(port: number, workload: Workload, token: string, rate: number, seconds: number): Promise<Latency> {
  const request = `${workload.method} ${workload.path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`
  const command = [process.execPath, client, port, rate, seconds, connections].map(String)
  const output = await runClient({ command, input: request })
  const latencies: unknown = JSON.parse(output)
  if (!Array.isArray(latencies)) throw new Error('the fixed-rate client printed no list')
  const values = latencies.map(Number)
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99) }
}
