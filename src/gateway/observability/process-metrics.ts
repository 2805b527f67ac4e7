/** What the process itself uses, under the names that Prometheus' client libraries give them. */
import { type ELDHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import type { Exposition } from './exposition.ts'

/** Milliseconds; four wake-ups a second cost nothing that could be measured. */
const eventLoopResolution = 250

export class ProcessMetrics {
  readonly #delay: ELDHistogram = monitorEventLoopDelay({ resolution: eventLoopResolution })
  readonly #startedAt: number = Math.round(Date.now() / 1_000 - process.uptime())

  constructor() {
    this.#delay.enable()
  }

  write(out: Exposition): void {
    const memory = process.memoryUsage()
    const cpu = process.cpuUsage()
    out.single('process_start_time_seconds', 'gauge', 'When the process started, since the epoch.', this.#startedAt, 'first')
    out.single('process_uptime_seconds', 'gauge', 'How long the process has run.', process.uptime(), 'first')
    out.single('process_cpu_seconds_total', 'counter', 'User and system CPU time.', (cpu.user + cpu.system) / 1e6, 'first')
    out.single('process_resident_memory_bytes', 'gauge', 'Resident memory.', memory.rss, 'first')
    out.single('nodejs_heap_size_used_bytes', 'gauge', 'JavaScript heap in use.', memory.heapUsed)
    out.single('nodejs_external_memory_bytes', 'gauge', 'Memory held outside of the JavaScript heap.', memory.external)
    const help = 'Longest delay of an event loop since the last scrape.'
    out.single('nodejs_eventloop_lag_max_seconds', 'gauge', help, this.#longestDelay(), 'largest')
    this.#delay.reset()
  }

  /** The histogram measures the time between two wake-ups, which is the resolution when nothing is late. */
  #longestDelay(): number {
    return this.#delay.count === 0 ? 0 : Math.max(0, this.#delay.max / 1e9 - eventLoopResolution / 1_000)
  }
}
