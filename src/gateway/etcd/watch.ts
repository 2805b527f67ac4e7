/** A watch of etcd's, in whatever protocol it is asked for. */
import type { WatchMessage } from './watch-message.ts'

export type Watch = {
  /** From `revision` on. Resolves when the watch has ended in order; rejects with a ServiceError otherwise. */
  run(from: string, end: string, revision: number, signal: AbortSignal, received: (message: WatchMessage) => void): Promise<void>
  /** Asks for a message that says up to which revision everything has come. `null` for a watch that cannot be asked. */
  readonly askProgress: (() => void) | null
}
