/** A real etcd of one member, on free ports of this machine, with a folder of its own. */
import { type ChildProcess, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { spawnOwned } from '../owned-process.ts'
import type { Identity } from './certificates.ts'
import { freePort } from './free-port.ts'
import { killed } from './killed.ts'
import { until } from './until.ts'

export const etcdIsMissing: string | false = spawnSync('etcd', ['--version']).error === undefined ? false : 'etcd is not installed'

export class Etcd {
  readonly port: number
  readonly url: string
  readonly #folder: string
  readonly #peerPort: number
  readonly #files: Readonly<Record<string, string>>
  readonly #command: readonly string[]
  /** Shown with each question, once somebody has logged in. */
  #login: string | null = null
  #process: ChildProcess | null = null

  private constructor(folder: string, [port, peerPort]: readonly [number, number], identity: Identity | null, command: readonly string[]) {
    this.#folder = folder
    this.#command = command
    this.port = port
    this.#peerPort = peerPort
    this.url = `${identity === null ? 'http' : 'https'}://127.0.0.1:${port}`
    this.#files = identity === null ? {} : { 'cert-file': join(folder, 'server.pem'), 'key-file': join(folder, 'server.key.pem') }
    if (identity === null) return
    writeFileSync(this.#files['cert-file']!, identity.certificate)
    writeFileSync(this.#files['key-file']!, identity.key)
  }

  /** With an `identity` it speaks TLS and nothing else. `command` runs it, with its options behind. */
  static async start(identity: Identity | null = null, command: readonly string[] = ['etcd']): Promise<Etcd> {
    const etcd = new Etcd(mkdtempSync(join(tmpdir(), 'postern-etcd-')), [await freePort(), await freePort()], identity, command)
    try {
      await etcd.begin()
    } catch (error) {
      await etcd.end()
      throw error
    }
    return etcd
  }

  /** From now on nobody is answered without a login; the `reader` may read below the prefix. */
  async guard(reader: { readonly name: string; readonly password: string }, prefix: string): Promise<void> {
    const root = { name: 'root', password: 'root-password' }
    const range = { permType: 'READ', key: base64(`${prefix}/`), range_end: base64(`${prefix}0`) }
    for (const [path, body] of [
      ['user/add', root],
      ['role/add', { name: 'root' }],
      ['user/grant', { user: 'root', role: 'root' }],
      ['user/add', reader],
      ['role/add', { name: 'reader' }],
      ['role/grant', { name: 'reader', perm: range }],
      ['user/grant', { user: reader.name, role: 'reader' }],
      ['enable', {}],
    ] as const)
      await this.call(`/v3/auth/${path}`, body)
    this.#login = String((await this.call('/v3/auth/authenticate', root)).token)
  }

  /** With what it had when it was killed. */
  async begin(): Promise<void> {
    const peer = `http://127.0.0.1:${this.#peerPort}`
    const options = {
      ...this.#files,
      name: 'one',
      'data-dir': this.#folder,
      'listen-client-urls': this.url,
      'advertise-client-urls': this.url,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `one=${peer}`,
      logger: 'zap',
      'log-level': 'error',
    }
    const list = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
    const [program = '', ...words] = this.#command
    this.#process = spawnOwned(program, [...words, ...list], { stdio: 'ignore', env: { PATH: process.env.PATH ?? '' } })
    await until(async () => {
      const status = await this.#ask('GET', '/health', {}, '').then(
        (answer) => answer.status,
        () => 0,
      )
      return status === 200
    }, 'etcd does not become healthy')
  }

  async kill(): Promise<void> {
    const child = this.#process
    this.#process = null
    await killed(child)
  }

  /** Of one that was killed: what it had, as with a disk that is lost. */
  lose(): void {
    rmSync(join(this.#folder, 'member'), { recursive: true })
  }

  /** It takes what is sent, and says nothing, until it is woken. */
  freeze(): void {
    this.#process?.kill('SIGSTOP')
  }

  wake(): void {
    this.#process?.kill('SIGCONT')
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

  async call(path: string, body: unknown, token: string | null = this.#login): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.#ask('POST', path, token === null ? {} : { Authorization: token }, JSON.stringify(body))
    if (answer.status !== 200) throw new Error(`etcd answers ${answer.status}: ${answer.text}`)
    return JSON.parse(answer.text) as Readonly<Record<string, unknown>>
  }

  async #ask(method: string, path: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
    const url = `${this.url}${path}`
    // It is the test's own server, whoever may vouch for it.
    const sent = url.startsWith('https:')
      ? secureRequest(url, { method, headers, rejectUnauthorized: false, agent: false })
      : request(url, { method, headers, agent: false })
    sent.end(body)
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    return { status: answer.statusCode ?? 0, text: await text(answer) }
  }
}

type Answer = { readonly status: number; readonly text: string }

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
