/** podman with runc, with all that it keeps in a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ContainerEngine, cannotStart, type Ended, ended, hardened, missing } from './container-engine.ts'

/** Why tests that need it are skipped; false where it is there. */
export const podmanIsMissing: string | false = missing(['podman', 'runc', 'conmon'])

/** What podman said last. */
export class PodmanError extends Error {}

/** Where the network's plugins note which addresses are given, whatever podman's folder is. */
const addresses = '/var/lib/cni/networks'

export class Podman implements ContainerEngine {
  readonly running = ['--pull=never', '--read-only-tmpfs=false', ...hardened]
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'postern-podman-'))
  readonly #environment: NodeJS.ProcessEnv
  readonly #networks = new Set<string>()

  constructor() {
    mkdirSync(join(this.#folder, 'network-config-dir'))
    // podman asks for more file descriptors than a sandbox may give; cgroups are written to without systemd.
    const limit = spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout.trim()
    const files = limit === 'unlimited' ? '65536' : limit
    const configuration = join(this.#folder, 'containers.conf')
    writeFileSync(
      configuration,
      [
        '[containers]',
        `default_ulimits = ["nofile=${files}:${files}", "nproc=32768:32768"]`,
        '[engine]',
        'runtime = "runc"',
        'cgroup_manager = "cgroupfs"',
        'events_logger = "none"',
        'lock_type = "file"',
      ].join('\n'),
    )
    writeFileSync(join(this.#folder, 'policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}')
    this.#environment = { PATH: process.env.PATH, HOME: this.#folder, CONTAINERS_CONF: configuration }
  }

  start(args: readonly string[]): ChildProcess {
    return spawn('podman', [...this.#options, ...args], { env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] })
  }

  get #options(): readonly string[] {
    const folders = ['root', 'runroot', 'tmpdir', 'network-config-dir'].flatMap((name) => [`--${name}`, join(this.#folder, name)])
    return [...folders, '--storage-driver', 'vfs']
  }

  /** A folder for PATH in which `podman` is this one. */
  onPath(): string {
    const folder = join(this.#folder, 'bin')
    mkdirSync(folder, { recursive: true })
    const settings = Object.entries(this.#environment).map(([name, value]) => `${name}='${value}'`)
    const script = `#!/bin/sh
[ "$1" != load ] || { shift; set -- load --signature-policy ${join(this.#folder, 'policy.json')} "$@"; }
exec env ${settings.join(' ')} podman ${this.#options.join(' ')} "$@"
`
    writeFileSync(join(folder, 'podman'), script, { mode: 0o755 })
    return folder
  }

  run(args: readonly string[]): Promise<Ended> {
    return ended(this.start(args))
  }

  load(archive: string): Promise<Ended> {
    return this.run(['load', '--quiet', '--signature-policy', join(this.#folder, 'policy.json'), '--input', archive])
  }

  /** What podman printed; throws with what it said where it fails. */
  async output(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(args)
    if (code !== 0) throw new PodmanError(`podman ${args[0]} ended with ${code}: ${stderr.trim().split('\n').at(-1)}`)
    return stdout.trim()
  }

  /** Makes a network. `gateway`: the address of this machine there. */
  async network(name: string, ...options: readonly string[]): Promise<{ readonly subnet: string; readonly gateway: string }> {
    this.#networks.add(name)
    await this.output('network', 'create', ...options, name)
    const [{ subnets }] = JSON.parse(await this.output('network', 'inspect', name))
    return subnets[0]
  }

  /** With the containers that are in it. */
  async removeNetwork(name: string): Promise<void> {
    await this.run(['network', 'rm', '--force', name])
    rmSync(join(addresses, name), { recursive: true, force: true })
    this.#networks.delete(name)
  }

  /** Ends and removes all containers. */
  async removeContainers(): Promise<void> {
    await this.run(['pod', 'rm', '--force', '--all', '--time', '0'])
    await this.run(['rm', '--force', '--all', '--time', '0'])
  }

  /** Without a network; no step of the Dockerfile runs anything. */
  build(folder: string, name: string, args: Readonly<Record<string, string>>): Promise<Ended> {
    const given = Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`])
    const policy = ['--signature-policy', join(this.#folder, 'policy.json')]
    return this.run(['build', '--quiet', '--pull=never', '--network=none', '--layers=false', ...policy, ...given, '--tag', name, folder])
  }

  /** Why no container can be started in this sandbox; `null` where one can. */
  cannotStart(image: string, program: string): Promise<string | null> {
    return cannotStart(this, image, program)
  }

  async remove(): Promise<void> {
    await this.removeContainers()
    for (const name of this.#networks) await this.removeNetwork(name)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
