/** Where a worker's log lines go: to the main thread, which alone writes to stdout, so that lines stay whole. */
import type { MessagePort } from 'node:worker_threads'
import type { LogSink } from '../observability/log-output.ts'
import type { FromWorker } from './messages.ts'

/** One piece at a time is on its way; while stdout is blocked the lines gather, within their bounds, in the worker that has them. */
export class RelayedLog implements LogSink {
  readonly #port: MessagePort
  #done: ((error?: Error | null) => void) | null = null

  constructor(port: MessagePort) {
    this.#port = port
  }

  write(bytes: Uint8Array, done: (error?: Error | null) => void): void {
    this.#done = done
    this.#send(bytes)
  }

  /** In a crash: the main thread writes it later. */
  writeSync(bytes: Uint8Array): number {
    this.#send(bytes)
    return bytes.length
  }

  /** The main thread has written the piece, or could not. */
  logged(failed: boolean): void {
    const done = this.#done
    this.#done = null
    done?.(failed ? new Error('stdout is closed') : null)
  }

  /** A copy: small buffers are parts of a larger one, which must not go with them. */
  #send(bytes: Uint8Array): void {
    const copy = new Uint8Array(bytes)
    const message: FromWorker = { kind: 'log', bytes: copy }
    this.#port.postMessage(message, [copy.buffer])
  }
}
