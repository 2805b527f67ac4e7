/** A real sentinel on a free port of this machine, which watches one master by itself. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnOwned } from '../owned-process.ts'
import { freePort } from './free-port.ts'
import { killed } from './killed.ts'
import { says } from './says.ts'

export class RedisSentinel {
  readonly port: number
  readonly #folder: string
  readonly #process: ChildProcess

  private constructor(port: number, folder: string, process: ChildProcess) {
    this.port = port
    this.#folder = folder
    this.#process = process
  }

  /** `name`: what it calls the master. */
  static async start(name: string, masterPort: number): Promise<RedisSentinel> {
    const folder = mkdtempSync(join(tmpdir(), 'postern-sentinel-'))
    const port = await freePort()
    const file = join(folder, 'sentinel.conf')
    writeFileSync(file, `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsentinel monitor ${name} 127.0.0.1 ${masterPort} 1\n`)
    const child = spawnOwned('redis-server', [file, '--sentinel'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const sentinel = new RedisSentinel(port, folder, child)
    if (await says(child, '+monitor')) return sentinel
    await sentinel.stop()
    throw new Error('the sentinel does not start')
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async stop(): Promise<void> {
    await killed(this.#process)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
