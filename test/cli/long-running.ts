/** A command that goes on until it is stopped, with what it has written so far. */
import type { ChildProcess } from 'node:child_process'
import type { TestContext } from 'node:test'
import { spawnOwned } from '../owned-process.ts'
import { cliFile } from './run-cli.ts'

/** Milliseconds after which a process that says nothing more is given up. */
const patience = 90_000

export class LongRunning {
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  readonly #written = { stdout: '', stderr: '' }
  #waiting: (() => void)[] = []

  constructor(test: TestContext, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawnOwned(process.execPath, [cliFile, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const name of ['stdout', 'stderr'] as const) {
      this.#child[name]?.on('data', (chunk) => {
        this.#written[name] += chunk
        this.#wake()
      })
    }
    this.#ended = new Promise((resolve) => this.#child.on('close', resolve))
    this.#child.on('close', () => this.#wake())
    test.after(() => this.stop())
  }

  /** Resolves with the nth thing (from 1) that the pattern finds; fails when the command ends before. */
  async written(name: 'stdout' | 'stderr', pattern: RegExp, count = 1): Promise<RegExpMatchArray> {
    for (;;) {
      const found = [...this.#written[name].matchAll(new RegExp(pattern, 'g'))][count - 1]
      if (found !== undefined) return found
      if (this.#child.exitCode !== null)
        throw new Error(`it ended, and has not written ${pattern}: ${this.#written.stdout}${this.#written.stderr}`)
      await this.#more(`it has not written ${pattern} within ${patience} ms`)
    }
  }

  /** Resolves when it has written more, or has ended. */
  #more(otherwise: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${otherwise}: ${this.#written.stdout}${this.#written.stderr}`)), patience)
      this.#waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** Resolves with the exit code. */
  get ended(): Promise<number | null> {
    return this.#ended
  }

  /** Sends the signal, and resolves with the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal)
    return this.#ended
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resume of waiting) resume()
  }
}
