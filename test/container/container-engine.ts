/** What tests do alike with podman and docker. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { LogLines } from '../wire/log-lines.ts'

/** All that can be taken away from a container. */
export const hardened = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges', '--memory=128m', '--pids-limit=64']

export type ContainerEngine = {
  /** Runs its command line. */
  readonly start: (args: readonly string[]) => ChildProcess
  /** What it says to `run`, always. */
  readonly running: readonly string[]
}

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** Why tests that need these programs are skipped; false where all are there. */
export function missing(programs: readonly string[]): string | false {
  if (process.getuid?.() !== 0) return 'containers are started by root here'
  const absent = programs.find((program) => spawnSync(program, ['--version']).error !== undefined)
  return absent === undefined ? false : `${absent} is not installed`
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const code = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  return { stdout: await text(child.stdout!), stderr: await text(child.stderr!), code: await code }
}

/** An engine's own failures and those of the runtime; whatever a container ends with is another code (podman-run(1)). */
const ownFailures = [125, 126]

/** Why no container can be started in this sandbox; `null` where one can. */
export async function cannotStart(engine: ContainerEngine, image: string, program: string): Promise<string | null> {
  const args = ['run', '--rm', '--network=none', ...engine.running, '--entrypoint', program, image, '--version']
  const { code, stderr } = await ended(engine.start(args))
  return ownFailures.includes(code ?? 0) ? `containers cannot be started here: ${stderr.trim()}` : null
}

/** A gateway's container, attached: a signal to the engine is one to the gateway, whose exit code is the engine's. */
export class AttachedGateway {
  readonly log: LogLines = new LogLines()
  readonly ended: Promise<number>
  stderr = ''
  readonly #child: ChildProcess

  constructor(
    test: TestContext,
    engine: ContainerEngine,
    name: string,
    { args, environment, image }: { args: readonly string[]; environment: Readonly<Record<string, string>>; image: string },
  ) {
    const settings = Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`])
    this.#child = engine.start(['run', '--rm', '--name', name, ...engine.running, ...args, ...settings, image])
    this.#child.stdout!.setEncoding('utf8').on('data', (piece: string) => this.log.add(piece))
    this.#child.stderr!.setEncoding('utf8').on('data', (piece: string) => {
      this.stderr += piece
    })
    this.ended = once(this.#child, 'close').then(([code]) => Number(code))
    test.after(async () => {
      await ended(engine.start(['rm', '--force', name]))
      await this.ended
    })
  }

  /** Its ports, as soon as it listens. */
  async listening(): Promise<{ readonly http: number; readonly admin: number }> {
    const early = this.ended.then((code) => assert.fail(`it ended with ${code}: ${this.stderr}`))
    const line = await Promise.race([this.log.find(({ event }) => event === 'listening'), early])
    early.catch(() => {})
    return { http: Number(line.http), admin: Number(line.admin) }
  }

  stop(): void {
    this.#child.kill('SIGTERM')
  }
}
