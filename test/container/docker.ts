/** docker's daemon, with all that it keeps in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { spawnOwned } from '../owned-process.ts'
import { type ContainerEngine, type Ended, ended, hardened, missing } from './container-engine.ts'

/** Why tests that need it are skipped; false where it is there. */
export const dockerIsMissing: string | false = missing(['dockerd', 'docker', 'containerd', 'runc', 'unshare'])

/** Where daemon and containerd write, whatever their options say. */
const written = ['/run', '/opt', '/etc/docker']

const cgroups = '/sys/fs/cgroup'

export class Docker implements ContainerEngine {
  readonly running = ['--pull=never', ...hardened]
  /** Why there is no daemon in this sandbox; `null` as soon as it can be asked. */
  readonly problem: Promise<string | null>
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'postern-docker-'))
  readonly #daemon: ChildProcess
  readonly #closed: Promise<void>

  /** The network is left alone. In namespaces of its own, so that containerd, containers and mounts end with it. */
  constructor() {
    const folders = ['data', 'exec'].flatMap((name) => [`--${name}-root`, join(this.#folder, name)])
    const network = ['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false']
    const own = ['--host', this.#socket, '--pidfile', join(this.#folder, 'pid'), '--cgroup-parent', `/${basename(this.#folder)}`]
    const script = [...written.map((folder) => `mkdir -p ${folder} && mount -t tmpfs none ${folder}`), 'exec dockerd "$@"'].join(' && ')
    const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script, 'dockerd']
    this.#daemon = spawnOwned('unshare', [...namespaces, ...own, ...folders, ...network, '--storage-driver=vfs'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    this.#closed = new Promise((resolve) => this.#daemon.on('error', () => resolve()).on('close', () => resolve()))
    const listens = new Promise<null>((resolve) => {
      this.#daemon.stderr!.setEncoding('utf8').on('data', (piece: string) => {
        said += piece
        if (said.includes('API listen on')) resolve(null)
      })
    })
    this.problem = Promise.race([listens, this.#closed.then(() => `docker does not work here: ${said.trim().split('\n').at(-1)}`)])
  }

  get #socket(): string {
    return `unix://${join(this.#folder, 'docker.sock')}`
  }

  start(args: readonly string[]): ChildProcess {
    const environment = { PATH: process.env.PATH, HOME: this.#folder, DOCKER_HOST: this.#socket }
    return spawn('docker', args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  }

  load(archive: string): Promise<Ended> {
    return ended(this.start(['load', '--input', archive]))
  }

  async remove(): Promise<void> {
    // unshare hears nothing else while it waits.
    this.#daemon.kill('SIGKILL')
    await this.#closed
    for (const controller of ['', ...readdirSync(cgroups)]) this.#removeGroup(join(cgroups, controller, basename(this.#folder)))
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #removeGroup(group: string): void {
    try {
      rmdirSync(group)
    } catch {
      // It is not there, or the kernel is not done with what was in it.
    }
  }
}
