/** A real Redis on a free port of this machine, which keeps nothing on disk. */
import { type ChildProcess, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@redis/client'
import { spawnOwned } from '../owned-process.ts'
import type { Identity } from './certificates.ts'
import { freePort } from './free-port.ts'
import { killed } from './killed.ts'
import { says } from './says.ts'

/** Why tests that need it are skipped; false where it is there. */
export const redisIsMissing: string | false =
  spawnSync('redis-server', ['--version']).error === undefined ? false : 'redis-server is not installed'

type RedisOptions = { readonly password?: string | null; readonly identity?: Identity | null; readonly options?: readonly string[] }

export class Redis {
  readonly port: number
  readonly #folder: string
  readonly #options: readonly string[]
  #process: ChildProcess | null = null

  private constructor(port: number, folder: string, options: readonly string[]) {
    this.port = port
    this.#folder = folder
    this.#options = options
  }

  /** With an `identity` it speaks TLS and nothing else. `options`: of its command line. */
  static async start({ password = null, identity = null, options = [] }: RedisOptions = {}): Promise<Redis> {
    const folder = mkdtempSync(join(tmpdir(), 'postern-redis-'))
    const port = await freePort()
    const secured = password === null ? [] : ['--requirepass', password]
    const redis = new Redis(port, folder, [...secured, ...listening(port, identity, folder), ...options])
    try {
      await redis.begin()
    } catch (error) {
      await redis.stop()
      throw error
    }
    return redis
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** On the same port, with nothing in it. */
  async begin(): Promise<void> {
    const common = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', this.#folder]
    const child = spawnOwned('redis-server', [...common, ...this.#options], { stdio: ['ignore', 'pipe', 'ignore'] })
    this.#process = child
    if (!(await says(child, 'Ready to accept connections'))) throw new Error('redis-server does not start')
  }

  async kill(): Promise<void> {
    const child = this.#process
    this.#process = null
    await killed(child)
  }

  /** In order: what it keeps on disk, by its `options`, is there when it begins again. */
  async end(): Promise<void> {
    const child = this.#process
    this.#process = null
    await killed(child, 'SIGTERM')
  }

  /** It takes what is sent, and says nothing, until it is woken. */
  freeze(): void {
    this.#process?.kill('SIGSTOP')
  }

  wake(): void {
    this.#process?.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async names(): Promise<readonly string[]> {
    return await this.#with(async (command) => (await command(['KEYS', '*'])) as readonly string[])
  }

  /** Everything that is in it, names with values. */
  async contents(): Promise<ReadonlyMap<string, string>> {
    return await this.#with(async (command) => {
      const found = new Map<string, string>()
      for (const name of (await command(['KEYS', '*'])) as readonly string[]) found.set(name, String(await command(['GET', name])))
      return found
    })
  }

  /** In the place of what has the name, until it would have gone. */
  async write(name: string, value: string): Promise<void> {
    await this.#with((command) => command(['SET', name, value, 'KEEPTTL']))
  }

  async run(...command: readonly string[]): Promise<unknown> {
    return await this.#with((run) => run(command))
  }

  async #with<T>(use: (command: (words: readonly string[]) => Promise<unknown>) => Promise<T>): Promise<T> {
    const client = createClient({ url: this.url, RESP: 2, socket: { reconnectStrategy: false } })
    // What was asked is rejected as well.
    client.on('error', () => {})
    await client.connect()
    try {
      return await use((words) => client.sendCommand(words))
    } finally {
      client.destroy()
    }
  }
}

function listening(port: number, identity: Identity | null, folder: string): readonly string[] {
  if (identity === null) return ['--port', String(port)]
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
  writeFileSync(certificate, identity.certificate)
  writeFileSync(key, identity.key)
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate]
  return ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no', ...files]
}
