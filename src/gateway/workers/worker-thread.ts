/** A worker thread as the main thread sees it: from its start to its end, whoever brings that about. */
import type { Worker } from 'node:worker_threads'
import type { ListeningPorts } from '../engine.ts'
import { describeBug } from '../observability/bug.ts'
import type { Family } from '../observability/exposition.ts'
import type { LogSink } from '../observability/log-output.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** Milliseconds that an answer to `measure` or `stop` may take; then the thread counts with what it said last. */
const answerPatience = 1_000

export type Listening = { readonly ports: ListeningPorts; readonly shared: ReadonlyMap<string, SharedArrayBuffer> }

/** Why a thread ended, in words and numbers fit for the log. */
export type Death = { readonly reason: 'bug' | 'out-of-memory' | 'hung' | 'refused' | 'exited'; readonly detail: string }

export class WorkerThread {
  readonly index: number
  /** `null` until it listens. */
  listening: Listening | null = null
  /** What it counted, as it said last. */
  figures: readonly Family[] = []
  /** Conditions of readiness that it says it lacks, and why. */
  readonly lacking: Map<string, string> = new Map()
  /** Requests in flight when it was told to stop. */
  inFlight: number = 0
  /** Resolves when it listens or has ended, whichever is first. */
  readonly started: Promise<Listening | Death>
  /** Resolves when it has ended. */
  readonly ended: Promise<Death>
  readonly #worker: Worker
  readonly #stdout: LogSink
  readonly #waiting: Map<FromWorker['kind'], () => void> = new Map()
  #death: Death | null = null
  #cut: number | null = null
  #terminated: Promise<number> | null = null

  constructor(index: number, worker: Worker, stdout: LogSink) {
    this.index = index
    this.#worker = worker
    this.#stdout = stdout
    worker.on('error', (error: NodeJS.ErrnoException) => this.#failed(error))
    this.ended = new Promise((resolve) => {
      worker.on('exit', (code) => {
        for (const answered of this.#waiting.values()) answered()
        resolve(this.#death ?? { reason: 'exited', detail: `code ${code}` })
      })
    })
    this.started = new Promise((resolve) => {
      this.ended.then(resolve)
      worker.on('message', (message: FromWorker) => this.#received(message, resolve))
    })
  }

  /** Asks for `figures` and waits for them, but not for long. */
  async measure(): Promise<void> {
    if (this.listening !== null) await this.#answer('figures', { kind: 'measure' }, answerPatience)
  }

  /** It takes no new requests. Resolves, with how many are in flight, when that is so. */
  async stop(): Promise<void> {
    await this.#answer('stopping', { kind: 'stop' }, answerPatience)
  }

  /** Resolves when nothing is in flight any more, with how many requests were cut. One that does not say so in time loses what it had. */
  async stopped(milliseconds: number): Promise<number> {
    if (this.#cut === null) await this.#wait('stopped', milliseconds)
    return this.#cut ?? this.inFlight
  }

  /** Ends it wherever it is. */
  async end(death: Death): Promise<void> {
    this.#death ??= death
    this.#terminated ??= this.#worker.terminate()
    await this.#terminated
  }

  #received(message: FromWorker, started: (listening: Listening) => void): void {
    switch (message.kind) {
      case 'listening':
        this.listening = message
        started(message)
        break
      case 'refused':
        this.end({ reason: 'refused', detail: message.message })
        break
      case 'log':
        this.#stdout.write(message.bytes, (error) => this.#send({ kind: 'logged', failed: error !== undefined && error !== null }))
        break
      case 'condition':
        if (message.why === null) this.lacking.delete(message.condition)
        else this.lacking.set(message.condition, message.why)
        break
      case 'figures':
        this.figures = message.families
        break
      case 'stopping':
        this.inFlight = message.inFlight
        break
      case 'stopped':
        this.#cut = message.cut
        break
    }
    this.#waiting.get(message.kind)?.()
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') this.#death ??= { reason: 'out-of-memory', detail: '' }
    else this.#death ??= { reason: 'bug', detail: describeBug(error).stack }
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #answer(kind: FromWorker['kind'], question: ToWorker, milliseconds: number): Promise<void> {
    const answered = this.#wait(kind, milliseconds)
    this.#send(question)
    return answered
  }

  /** Resolves with the next message of that kind, or when there is none in time, or none any more. */
  #wait(kind: FromWorker['kind'], milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#waiting.get(kind)
      const answered = (): void => {
        clearTimeout(limit)
        if (this.#waiting.get(kind) === answered) this.#waiting.delete(kind)
        resolve()
        before?.()
      }
      const limit = setTimeout(answered, milliseconds)
      this.#waiting.set(kind, answered)
    })
  }
}
