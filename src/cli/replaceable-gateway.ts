/**
 * A running gateway that can be replaced by a newer one without dropping a request: node:cluster keeps the listening sockets open in
 * this process, so the new gateway accepts on the same ports before the old one is told to drain. The gateway itself knows nothing of it.
 */
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Report } from './report.ts'

export class ReplaceableGateway {
  readonly #report: Report
  #current: Worker | null = null

  /** What the gateways write goes to the report as it is. */
  constructor(bundleFolder: string, report: Report) {
    this.#report = report
    // Gateways accept for themselves. A connection that this process handed to one that just ended would be lost.
    cluster.schedulingPolicy = cluster.SCHED_NONE
    cluster.setupPrimary({ exec: join(bundleFolder, 'gateway.mjs'), args: [], execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  }

  /** Starts the gateway that is in the bundle's folder now; false when it does not start, and then the last one stays. */
  async start(): Promise<boolean> {
    const next = cluster.fork()
    if (!(await this.#listening(next))) return false
    const previous = this.#current
    this.#current = next
    next.on('exit', () => this.#ended(next))
    previous?.process.kill('SIGTERM')
    return true
  }

  /** A gateway that ends by itself is gone until the project changes. */
  #ended(worker: Worker): void {
    if (worker !== this.#current) return
    this.#current = null
    this.#report.note('The gateway has ended.')
  }

  /** Resolves when every gateway has drained and ended. */
  async stop(): Promise<void> {
    this.#current = null
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
    for (const worker of workers) worker.process.kill('SIGTERM')
    await Promise.all(workers.map((worker) => (worker.isDead() ? null : once(worker, 'exit'))))
  }

  /** Passes the worker's lines on, and looks for the one that says that it is ready. */
  #listening(worker: Worker): Promise<boolean> {
    return new Promise((resolve) => {
      worker.on('exit', () => resolve(false))
      const { stdout } = worker.process
      if (stdout === null) throw new Error('the gateway was started without a pipe')
      createInterface({ input: stdout }).on('line', (line) => {
        this.#report.result(`${line}\n`)
        if (line.includes('"event":"listening"')) resolve(true)
      })
    })
  }
}
