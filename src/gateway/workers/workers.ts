/**
 * The worker threads of a gateway, in its main thread: started, listened to, replaced when they end, and stopped together. The first one
 * takes the ports and makes the shared memory, the others and all replacements get both from it.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Worker, WorkerOptions } from 'node:worker_threads'
import type { Readiness } from '../admin/readiness.ts'
import type { Clock } from '../clock.ts'
import { type ListeningPorts, listening, type Stopping } from '../engine.ts'
import { expositionText, type Family } from '../observability/exposition.ts'
import type { Log } from '../observability/log.ts'
import type { LogSink } from '../observability/log-output.ts'
import { mergeFamilies, onlyCounted } from '../observability/merge-families.ts'
import type { Metrics } from '../observability/metrics.ts'
import { ConnectionPlaces } from '../serving-thread.ts'
import { type Settings, StartError } from '../settings.ts'
import { isFree } from './free-port.ts'
import { Heartbeats } from './heartbeats.ts'
import type { WorkerTask } from './messages.ts'
import { Restarts } from './restarts.ts'
import { type Death, type Listening, WorkerThread } from './worker-thread.ts'

/** What a worker's arguments begin with, so that the bundle knows without loading anything that it is one. */
export const workerArgument = 'postern-worker'

/** Milliseconds between two looks at all threads. */
const lookEvery = 250

/** Milliseconds beyond the drain time that a thread may take to say that it has stopped: its log may have to be written. */
const stopGrace = 3_000

/** Milliseconds that threads may take to end when they are made to. */
const endPatience = 1_000

export type WorkersParts = {
  readonly settings: Settings
  readonly digest: string
  /** import.meta.url of the bundle. */
  readonly moduleUrl: string
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly readiness: Readiness
  /** Where the threads' log lines go. */
  readonly stdout: LogSink
}

type NewWorker = new (url: URL, options: WorkerOptions) => Worker

export class Workers {
  readonly #parts: WorkersParts
  readonly #NewWorker: NewWorker
  readonly #threads: (WorkerThread | null)[]
  readonly #heartbeats: Heartbeats
  readonly #connections: SharedArrayBuffer
  readonly #restarts: Restarts = new Restarts()
  readonly #replacements: Set<NodeJS.Timeout> = new Set()
  #first: Listening | null = null
  #look: NodeJS.Timeout | undefined
  #stopping: boolean = false
  /** What some thread lacked at the last look. */
  #lacking: ReadonlyMap<string, string> = new Map()
  /** What was counted by threads that have ended. */
  #past: readonly Family[] = []

  private constructor(parts: WorkersParts, NewWorker: NewWorker) {
    const { workers } = parts.settings
    this.#parts = parts
    this.#NewWorker = NewWorker
    this.#threads = new Array<WorkerThread | null>(workers).fill(null)
    this.#heartbeats = new Heartbeats(workers)
    this.#connections = new SharedArrayBuffer(ConnectionPlaces.bytes(workers))
    parts.metrics.workers = this
  }

  static async make(parts: WorkersParts): Promise<Workers> {
    const { Worker, isMainThread } = await import('node:worker_threads')
    // A worker that took itself for the main thread would start workers without end.
    if (!isMainThread) throw new StartError('POSTERN_WORKERS must be 1 in a thread of another program')
    return new Workers(parts, Worker)
  }

  get serving(): number {
    return this.#threads.filter((thread) => thread !== null && thread.listening !== null).length
  }

  get restarts(): number {
    return this.#restarts.total
  }

  /** Resolves when all threads listen; rejects with a StartError, and then none is left. */
  async listen(http: number, https: number): Promise<ListeningPorts> {
    const { settings } = this.#parts
    for (const port of settings.tls === null ? [http] : [http, https]) {
      if (port !== 0) await listening(isFree(settings.host, port), settings.host, port)
    }
    try {
      this.#first = await this.#start(0, { http, https })
      const { ports } = this.#first
      await Promise.all(this.#threads.map((_, index) => (index === 0 ? null : this.#start(index, sharedPorts(ports)))))
      if (this.serving < this.#threads.length) throw new StartError('a worker thread ended while others started')
      this.#look = setInterval(() => this.#lookAtAll(), lookEvery)
      this.#updateReadiness()
      return ports
    } catch (error) {
      this.#stopping = true
      await this.#endAll()
      if (error instanceof Error && 'code' in error && error.code === 'ERR_ACCESS_DENIED') {
        throw new StartError('Node runs with --permission: POSTERN_WORKERS above 1 needs --allow-worker')
      }
      throw error
    }
  }

  /** Prometheus text, all threads together. A thread that does not answer in time counts as it did last. */
  async render(): Promise<string> {
    await Promise.all(this.#threads.map((thread) => thread?.measure()))
    const now = this.#threads.map((thread) => thread?.figures ?? [])
    return expositionText(mergeFamilies([this.#parts.metrics.families(), this.#past, ...now]))
  }

  /** Numbers of the threads that do not turn over. */
  stuck(): readonly number[] {
    return this.#threads.flatMap((thread, index) => (thread?.listening && this.#heartbeats.stuck(index) ? [index] : []))
  }

  /** All threads take no new requests. */
  async stop(): Promise<Stopping> {
    this.#stopping = true
    for (const replacement of this.#replacements) clearTimeout(replacement)
    const threads = this.#threads.filter((thread) => thread !== null)
    await Promise.all(threads.map((thread) => thread.stop()))
    const limit = this.#parts.settings.drainSeconds * 1000 + stopGrace
    const cut = Promise.all(threads.map((thread) => thread.stopped(limit))).then(async (cuts) => {
      await this.#endAll()
      return cuts.reduce((sum, count) => sum + count, 0)
    })
    return { inFlight: threads.reduce((sum, { inFlight }) => sum + inFlight, 0), cut }
  }

  async #start(index: number, ports: WorkerTask['ports']): Promise<Listening> {
    const { thread, started } = this.#begin(index, ports)
    const outcome = await started
    if ('ports' in outcome) return outcome
    await thread.ended
    throw new StartError(outcome.reason === 'refused' ? outcome.detail : `a worker thread did not start (${outcome.reason})`)
  }

  #begin(index: number, ports: WorkerTask['ports']): { readonly thread: WorkerThread; readonly started: Promise<Listening | Death> } {
    const task: WorkerTask = {
      index,
      count: this.#threads.length,
      digest: this.#parts.digest,
      ports,
      shared: this.#first?.shared ?? new Map(),
      connections: this.#connections,
      beats: this.#heartbeats.buffer,
    }
    const options = { argv: [workerArgument], workerData: task, name: `postern-${index}` }
    const thread = new WorkerThread(index, new this.#NewWorker(new URL(this.#parts.moduleUrl), options), this.#parts.stdout)
    this.#threads[index] = thread
    this.#heartbeats.begin(index)
    thread.ended.then((death) => this.#ended(thread, death))
    return { thread, started: thread.started }
  }

  #ended(thread: WorkerThread, death: Death): void {
    this.#threads[thread.index] = null
    this.#past = mergeFamilies([this.#past, onlyCounted(thread.figures)])
    new ConnectionPlaces(0, new Int32Array(this.#connections), thread.index).freeAll()
    // Before all listened, it is the start that fails.
    if (this.#stopping || this.#look === undefined) return
    const delay = this.#restarts.ended(this.#parts.clock.monotonic())
    this.#parts.log.event('error', 'worker-ended', { number: thread.index, ...death, restartInMilliseconds: delay })
    this.#parts.log.flush()
    this.#updateReadiness()
    const replacement = setTimeout(() => {
      this.#replacements.delete(replacement)
      this.#replace(thread.index)
    }, delay)
    this.#replacements.add(replacement)
  }

  async #replace(index: number): Promise<void> {
    const outcome = await this.#begin(index, sharedPorts(this.#first!.ports)).started
    if (!('ports' in outcome) || this.#stopping) return
    this.#parts.log.event('info', 'worker-replaced', { number: index })
    this.#updateReadiness()
  }

  #lookAtAll(): void {
    for (const thread of this.#threads) {
      if (thread === null || this.#stopping) continue
      if (this.#heartbeats.look(thread.index, thread.listening === null) === 'hangs') thread.end({ reason: 'hung', detail: '' })
    }
    this.#updateReadiness()
    this.#parts.log.flush()
  }

  #updateReadiness(): void {
    const { readiness, clock } = this.#parts
    if (this.serving === 0) readiness.lacks('workers', 'no worker thread listens')
    else if (this.#restarts.tooMany(clock.monotonic())) readiness.lacks('workers', 'worker threads end again and again')
    else readiness.holds('workers')
    const lacking = new Map(this.#threads.flatMap((thread) => [...(thread?.lacking ?? [])]))
    for (const condition of this.#lacking.keys()) if (!lacking.has(condition)) readiness.holds(condition)
    for (const [condition, why] of lacking) readiness.lacks(condition, why)
    this.#lacking = lacking
  }

  async #endAll(): Promise<void> {
    clearInterval(this.#look)
    // Nothing is waited for without end: not even for a thread that cannot be ended.
    const limit = new AbortController()
    const ended = Promise.all(this.#threads.map((thread) => thread?.end({ reason: 'exited', detail: '' })))
    await Promise.race([ended, pause(endPatience, undefined, { signal: limit.signal }).catch(() => {})])
    limit.abort()
  }
}

function sharedPorts({ http, https }: ListeningPorts): WorkerTask['ports'] {
  return { http, https: https ?? 0 }
}
