/** A real etcd of one member, on free ports of this machine, with a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from './free-port.ts'

export const etcdIsMissing: string | false = spawnSync('etcd', ['--version']).error === undefined ? false : 'etcd is not installed'

export class Etcd {
  readonly url: string
  readonly #folder: string
  readonly #ports: readonly [number, number]
  #process: ChildProcess | null = null

  private constructor(folder: string, ports: readonly [number, number]) {
    this.#folder = folder
    this.#ports = ports
    this.url = `http://127.0.0.1:${ports[0]}`
  }

  static async start(): Promise<Etcd> {
    const etcd = new Etcd(mkdtempSync(join(tmpdir(), 'postern-etcd-')), [await freePort(), await freePort()])
    await etcd.begin()
    return etcd
  }

  /** With what it had when it was killed. */
  async begin(): Promise<void> {
    const [clients, peers] = this.#ports
    const options = {
      name: 'one',
      'data-dir': this.#folder,
      'listen-client-urls': this.url,
      'advertise-client-urls': this.url,
      'listen-peer-urls': `http://127.0.0.1:${peers}`,
      'initial-advertise-peer-urls': `http://127.0.0.1:${peers}`,
      'initial-cluster': `one=http://127.0.0.1:${peers}`,
      logger: 'zap',
      'log-level': 'error',
    }
    const list = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
    this.#process = spawn('etcd', list, { stdio: 'ignore', env: { PATH: process.env.PATH ?? '' } })
    for (let attempt = 0; attempt < 200; attempt++) {
      const healthy = await fetch(`http://127.0.0.1:${clients}/health`).then(
        ({ ok }) => ok,
        () => false,
      )
      if (healthy) return
      await pause(50)
    }
    throw new Error('etcd does not become healthy')
  }

  async kill(): Promise<void> {
    const child = this.#process
    if (child === null) return
    this.#process = null
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
  }

  async end(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** `lease`: seconds until etcd takes the key away by itself. */
  async put(key: string, value: string, lease = 0): Promise<void> {
    const id = lease === 0 ? '0' : String((await this.call('/v3/lease/grant', { TTL: lease })).ID)
    await this.call('/v3/kv/put', { key: base64(key), value: base64(value), lease: id })
  }

  async delete(key: string): Promise<void> {
    await this.call('/v3/kv/deleterange', { key: base64(key) })
  }

  /** Forgets all history. */
  async compact(): Promise<void> {
    const { header } = await this.call('/v3/kv/range', { key: base64('none') })
    await this.call('/v3/kv/compaction', { revision: (header as { revision: string }).revision, physical: true })
  }

  async call(path: string, body: unknown, token: string | null = null): Promise<Readonly<Record<string, unknown>>> {
    const headers = token === null ? {} : { Authorization: token }
    const answer = await fetch(`${this.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`etcd answers ${answer.status}: ${text}`)
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
