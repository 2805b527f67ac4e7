/** A real lighttpd that asks for Digest (RFC 7616), on a free port of this machine, with a folder of its own. */
import { type ChildProcess, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnOwned } from '../owned-process.ts'
import { freePort } from './free-port.ts'
import { killed } from './killed.ts'
import { serving } from './serving.ts'

export const lighttpdIsMissing: string | false = spawnSync('lighttpd', ['-v']).error === undefined ? false : 'lighttpd is not installed'

export class Lighttpd {
  readonly url: string
  readonly #folder: string
  readonly #process: ChildProcess

  private constructor(url: string, folder: string, child: ChildProcess) {
    this.url = url
    this.#folder = folder
    this.#process = child
  }

  /** It has one file, `/thing`, for the one user. */
  static async start(algorithm: 'MD5' | 'SHA-256', user: string, password: string): Promise<Lighttpd> {
    const folder = mkdtempSync(join(tmpdir(), 'postern-lighttpd-'))
    const port = await freePort()
    mkdirSync(join(folder, 'files'))
    writeFileSync(join(folder, 'files', 'thing'), 'a thing')
    writeFileSync(join(folder, 'users'), `${user}:${password}\n`)
    writeFileSync(join(folder, 'lighttpd.conf'), configuration(folder, port, algorithm))
    const child = spawnOwned('lighttpd', ['-D', '-f', join(folder, 'lighttpd.conf')], { stdio: 'ignore' })
    const server = new Lighttpd(`http://127.0.0.1:${port}`, folder, child)
    try {
      await serving(child, port, 'lighttpd')
    } catch (error) {
      await killed(child)
      await server.end()
      throw error
    }
    return server
  }

  /** Ends it. Resolves with the statuses that it has answered with. */
  async statuses(): Promise<readonly string[]> {
    const closed = once(this.#process, 'close')
    this.#process.kill('SIGTERM')
    await closed
    return readFileSync(join(this.#folder, 'access.log'), 'utf8').trim().split('\n')
  }

  async end(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.statuses()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** The log has a status a line, whole once lighttpd has ended. */
function configuration(folder: string, port: number, algorithm: string): string {
  return `server.modules = ("mod_auth", "mod_authn_file", "mod_accesslog")
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${folder}/files"
accesslog.filename = "${folder}/access.log"
accesslog.format = "%s"
auth.backend = "plain"
auth.backend.plain.userfile = "${folder}/users"
auth.require = ("" => ("method" => "digest", "algorithm" => "${algorithm}", "realm" => "Things of the shop", "require" => "valid-user"))
`
}
