/** podman with runc, with all that it keeps in a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** Why tests that need it are skipped; false where it is there. */
export const podmanIsMissing: string | false =
  process.getuid?.() !== 0
    ? 'containers are started by root here'
    : (['podman', 'runc', 'conmon'].map(missing).find((each) => each !== null) ?? false)

function missing(program: string): string | null {
  return spawnSync(program, ['--version']).error === undefined ? null : `${program} is not installed`
}

/** podman's own failures and those of the runtime; whatever a container ends with is another code (podman-run(1)). */
const ownFailures = [125, 126]

/** All that can be taken away from a container. */
export const hardened = [
  '--read-only',
  '--read-only-tmpfs=false',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--memory=128m',
  '--pids-limit=64',
]

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export class Podman {
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'postern-podman-'))
  readonly #environment: NodeJS.ProcessEnv

  constructor() {
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
    const own = ['--root', 'root', '--runroot', 'run', '--tmpdir', 'tmp'].map((each) =>
      each.startsWith('-') ? each : join(this.#folder, each),
    )
    return spawn('podman', [...own, '--storage-driver', 'vfs', ...args], { env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] })
  }

  async run(args: readonly string[]): Promise<Ended> {
    const child = this.start(args)
    const code = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
    return { stdout: await text(child.stdout!), stderr: await text(child.stderr!), code: await code }
  }

  load(archive: string): Promise<Ended> {
    return this.run(['load', '--quiet', '--signature-policy', join(this.#folder, 'policy.json'), '--input', archive])
  }

  /** Why no container can be started in this sandbox; `null` where one can. */
  async cannotStart(image: string, program: string): Promise<string | null> {
    const { code, stderr } = await this.run([
      'run',
      '--rm',
      '--pull=never',
      '--network=none',
      ...hardened,
      '--entrypoint',
      program,
      image,
      '--version',
    ])
    return ownFailures.includes(code ?? 0) ? `podman cannot start containers here: ${stderr.trim()}` : null
  }

  async remove(): Promise<void> {
    await this.run(['rm', '--force', '--all', '--time', '0'])
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
