/**
 * Gathers log lines and hands them to stdout in large pieces, one at a time, without waiting: whoever reads stdout slowly, or not at
 * all, cannot stop the gateway. Beyond a bound lines are dropped and counted, the grave ones last.
 */
import { writeSync } from 'node:fs'

/** Where bytes go. */
export type LogSink = {
  /** Takes all of it and calls `done` when it is written, or cannot be. */
  readonly write: (bytes: Uint8Array, done: (error?: Error | null) => void) => void
  /** Returns how much was written, or throws. */
  readonly writeSync: (bytes: Uint8Array) => number
}

/** On a pipe Node writes without waiting; a file or terminal takes what it is given at once. */
export function stdoutSink(): LogSink {
  // The callback of a write reports the failure; without a listener the process would end as well.
  process.stdout.on('error', () => {})
  return {
    write: (bytes, done) => process.stdout.write(bytes, done),
    writeSync: (bytes) => writeSync(1, bytes),
  }
}

/** Characters gathered before they are written without waiting for the next tick. */
const pieceLength = 64 * 1024

/** Characters held while stdout is blocked: for ordinary lines, and for errors and warnings. */
const ordinaryBound = 1024 * 1024
const graveBound = 16 * 1024 * 1024

/** Milliseconds that an orderly end waits for a blocked stdout, and that a crash does, a step at a time. */
const closePatience = 2_000
const syncPatience = 250
const syncStep = 10

export class LogOutput {
  dropped: number = 0
  readonly #sink: LogSink
  #gathered: string = ''
  #writing: boolean = false
  /** Nobody reads stdout any more. */
  #broken: boolean = false
  #whenEmpty: (() => void) | null = null

  constructor(sink: LogSink) {
    this.#sink = sink
  }

  add(line: string, grave: boolean): void {
    if (this.#broken || this.#gathered.length > (grave ? graveBound : ordinaryBound)) {
      this.dropped++
      return
    }
    this.#gathered += line
    if (this.#gathered.length >= pieceLength) this.flush()
  }

  flush(): void {
    if (this.#writing || this.#gathered === '' || this.#broken) return
    const bytes = Buffer.from(this.#gathered, 'utf8')
    this.#gathered = ''
    this.#writing = true
    this.#sink.write(bytes, (error) => this.#written(error !== undefined && error !== null))
  }

  /** Resolves when everything is written, or when it cannot be for too long. */
  close(): Promise<void> {
    this.flush()
    if (!this.#writing) return Promise.resolve()
    return new Promise((resolve) => {
      const patience = setTimeout(resolve, closePatience)
      this.#whenEmpty = () => {
        clearTimeout(patience)
        resolve()
      }
    })
  }

  /** What is being written meanwhile may be cut short. */
  flushSync(): void {
    let rest = Buffer.from(this.#gathered, 'utf8')
    this.#gathered = ''
    for (let waited = 0; rest.length > 0 && waited <= syncPatience; ) {
      try {
        rest = rest.subarray(this.#sink.writeSync(rest))
      } catch (error) {
        if (!isBlocked(error)) return
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, syncStep)
        waited += syncStep
      }
    }
  }

  #written(failed: boolean): void {
    this.#writing = false
    this.#broken = failed
    if (this.#whenEmpty !== null) this.#flushLast(this.#whenEmpty)
    else if (this.#gathered.length >= pieceLength) this.flush()
  }

  #flushLast(resolve: () => void): void {
    this.flush()
    if (!this.#writing) resolve()
  }
}

function isBlocked(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EWOULDBLOCK')
}
