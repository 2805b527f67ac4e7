/** The only writer to stdout: JSON lines. Nothing that is written here may hold a field value of a request, a query or a credential. */
import type { Clock } from '../clock.ts'
import { type AccessRecord, accessLine } from './access-line.ts'
import { jsonContent } from './json-text.ts'
import { LogOutput, type LogSink, stdoutSink } from './log-output.ts'

/** From the gravest; a log writes its own level and those before it. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const

export type LogLevel = (typeof logLevels)[number]

export type LogFields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

export class Log {
  readonly #clock: Clock
  readonly #threshold: number
  readonly #output: LogOutput
  /** Follows the time in every line: which gateway it is. */
  readonly #identity: string
  #now: number = -1
  #startText: string = ''
  #second: number = -1
  #secondText: string = ''

  /** `digest` is the gateway's identity, as in the manifest; lines carry its first twelve hex digits, and the number of the thread. */
  constructor(clock: Clock, level: LogLevel, digest: string, sink: LogSink = stdoutSink(), worker: number | null = null) {
    this.#clock = clock
    this.#threshold = logLevels.indexOf(level)
    this.#output = new LogOutput(sink)
    this.#identity = `","gateway":"${jsonContent(digest.replace(/^sha256:/, '').slice(0, 12))}"${worker === null ? '' : `,"worker":${worker}`},"level":"`
  }

  /** Lines dropped so far because stdout was blocked. */
  get dropped(): number {
    return this.#output.dropped
  }

  /** `event` is a fixed word or two in kebab-case; what differs from case to case goes into `fields`. */
  event(level: LogLevel, event: string, fields: LogFields = {}): void {
    if (logLevels.indexOf(level) <= this.#threshold) this.#write(level, event, fields)
  }

  /** An event that others wait for, such as `listening`: written whatever the level, and at once. */
  announce(event: string, fields: LogFields): void {
    this.#write('info', event, fields)
    this.flush()
  }

  /** Whether `access` writes anything: so that its record need not be made for nothing. */
  get writesAccess(): boolean {
    return this.#threshold >= 2
  }

  /** One line for each request, at level info. */
  access(record: AccessRecord): void {
    if (!this.writesAccess) return
    this.#output.add(accessLine(this.#start(), record), false)
  }

  /** Hands what has gathered to stdout; to be called a few times a second. */
  flush(): void {
    this.#output.flush()
  }

  /** Resolves when everything is written, or after two seconds when nobody reads: the way to end. */
  close(): Promise<void> {
    return this.#output.close()
  }

  /** Writes what has gathered before it returns: for a crash. */
  flushSync(): void {
    this.#output.flushSync()
  }

  #write(level: LogLevel, event: string, fields: LogFields): void {
    const line = `${this.#start()}${level}",${JSON.stringify({ event, ...fields }).slice(1)}\n`
    this.#output.add(line, level === 'error' || level === 'warn')
  }

  /** `{"time":"…","gateway":"…","level":"`. Made once a millisecond, its date once a second. */
  #start(): string {
    const now = Math.floor(this.#clock.now())
    if (now === this.#now) return this.#startText
    const second = Math.floor(now / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#secondText = `{"time":"${new Date(second * 1_000).toISOString().slice(0, 20)}`
    }
    this.#now = now
    this.#startText = `${this.#secondText}${String(now - second * 1_000).padStart(3, '0')}Z${this.#identity}`
    return this.#startText
  }
}
