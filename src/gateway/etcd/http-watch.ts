/**
 * A watch through etcd's HTTP gateway. It is asked how far it has come in the body of its request, which goes on while the answer comes. Where
 * something stands before etcd that waits for a request's end, the body ends at once, and the watch cannot be asked.
 */
import type { EtcdClient } from './etcd-client.ts'
import { encoded } from './etcd-json.ts'
import type { Watch } from './watch.ts'
import { Lines, type WatchMessage, watchMessage } from './watch-message.ts'

export class HttpWatch implements Watch {
  readonly #etcd: EtcdClient
  readonly askProgress: (() => void) | null
  #write: ((text: string) => void) | null = null

  constructor(etcd: EtcdClient, canBeAsked: boolean) {
    this.#etcd = etcd
    this.askProgress = canBeAsked ? () => this.#write?.(line({ progress_request: {} })) : null
  }

  async run(from: string, end: string, revision: number, signal: AbortSignal, received: (message: WatchMessage) => void): Promise<void> {
    const create = { key: encoded(from), range_end: encoded(end), start_revision: String(revision), prev_kv: true }
    const lines = new Lines((text) => {
      const message = watchMessage(text)
      if (message !== null) received(message)
    })
    const goOn = (write: (text: string) => void): void => {
      this.#write = write
    }
    try {
      const body = line({ create_request: create })
      await this.#etcd.follow('/v3/watch', body, signal, (piece) => lines.add(piece), this.askProgress === null ? null : goOn)
    } finally {
      this.#write = null
    }
  }
}

function line(request: unknown): string {
  return `${JSON.stringify(request)}\n`
}
