/** Real ActiveMQ brokers, Artemis and Classic, by Java and Maven, which has what they need from its own store or fetches it. */
import { type ChildProcess, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { spawnOwned } from '../owned-process.ts'
import { freePort } from './free-port.ts'
import { killed } from './killed.ts'

const sources = join(import.meta.dirname, 'activemq')

/** Why tests that need it are skipped; false where they are wanted and can be run. It fetches some forty packages the first time. */
export const activeMqIsMissing: string | false = whyMissing()

function whyMissing(): string | false {
  if (process.env.POSTERN_TEST_ACTIVEMQ !== '1') return 'POSTERN_TEST_ACTIVEMQ=1 is not set'
  const missing = ['java', 'mvn'].filter((program) => spawnSync(program, ['-version']).error !== undefined)
  return missing.length === 0 ? false : `not installed: ${missing.join(', ')}`
}

export type ActiveMqKind = 'artemis' | 'classic'

export class ActiveMq {
  readonly port: number
  readonly #kind: ActiveMqKind
  readonly #folder: string
  readonly #classPath: string
  #process: ChildProcess | null = null
  #lines: Interface | null = null
  #ended: Promise<null> = Promise.resolve(null)

  private constructor(kind: ActiveMqKind, port: number, folder: string, classPath: string) {
    this.#kind = kind
    this.port = port
    this.#folder = folder
    this.#classPath = classPath
  }

  static async start(kind: ActiveMqKind): Promise<ActiveMq> {
    const folder = mkdtempSync(join(tmpdir(), 'postern-activemq-'))
    const list = join(folder, 'class-path')
    const words = ['-q', '-B', '-f', join(sources, 'pom.xml'), 'dependency:build-classpath', `-Dmdep.outputFile=${list}`]
    const { status, stdout } = spawnSync('mvn', words, { timeout: 600_000, encoding: 'utf8' })
    if (status !== 0) {
      rmSync(folder, { recursive: true, force: true })
      throw new Error(`mvn ends with ${status}: ${stdout}`)
    }
    const broker = new ActiveMq(kind, await freePort(), folder, readFileSync(list, 'utf8').trim())
    try {
      await broker.begin()
    } catch (error) {
      await broker.end()
      throw error
    }
    return broker
  }

  async begin(): Promise<void> {
    const program = join(sources, 'ActiveMqBroker.java')
    const words = ['-cp', this.#classPath, program, this.#kind, String(this.port), this.#folder]
    this.#process = spawnOwned('java', words, { cwd: this.#folder, stdio: ['pipe', 'pipe', 'ignore'] })
    this.#lines = createInterface({ input: this.#process.stdout! })
    this.#ended = once(this.#process, 'close').then(() => null)
    await this.#told('ready')
  }

  /** Over the topic, from a JMS client of that kind: a text, or a map whose numbers are longs. */
  async send(client: 'qpid' | 'openwire', topic: string, body: string | Readonly<Record<string, string | number>>): Promise<void> {
    const words = Object.entries(body).map(([name, value]) => `${name}=${typeof value === 'number' ? '#' : ''}${value}`)
    this.#process?.stdin?.write(`${client} ${topic} ${typeof body === 'string' ? `text ${body}` : `map ${words.join(' ')}`}\n`)
    await this.#told('sent')
  }

  async kill(): Promise<void> {
    const child = this.#process
    this.#process = null
    await killed(child)
  }

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

  async #told(word: string): Promise<void> {
    for (;;) {
      const line = await Promise.race([once(this.#lines!, 'line').then(String), this.#ended])
      if (line === word) return
      if (line === null) throw new Error(`the ${this.#kind} broker has ended, and not said: ${word}`)
    }
  }
}
