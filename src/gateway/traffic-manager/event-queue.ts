/**
 * Tells a Traffic Manager of requests that passed, several at once and beside the requests. What waits is bounded, and where it takes them more
 * slowly than they come it cannot be told; a batch that was not taken is sent again, so that an event may be counted twice.
 */
import { Backoff, pause } from '../feeds/backoff.ts'

/** Milliseconds from the first event of a batch until it is sent, events of one, and events that wait. */
const every = 100
const batchSize = 200
const mostWaiting = 10_000

/** Batches in a row that were not taken, after which it cannot be told. */
const mostFailures = 2

/** Fields of `org.wso2.throttle.request.stream:1.0.0`. */
export type RequestEvent = {
  readonly messageID: string
  readonly appKey: string
  readonly appTier: string
  readonly apiKey: string
  readonly apiTier: string
  readonly subscriptionKey: string
  readonly subscriptionTier: string
  readonly resourceKey: string
  readonly resourceTier: string
  readonly userId: string
  readonly apiContext: string
  readonly apiVersion: string
  readonly appTenant: string
  readonly apiTenant: string
  readonly appId: string
  readonly apiName: string
  /** JSON. */
  readonly properties: string
}

type Parts = {
  /** Rejects with the reason where the body was not taken. */
  readonly send: (body: string) => Promise<void>
  readonly problemOf: (error: unknown) => string
  /** It cannot be told, and why; or it can again: `null`. */
  readonly changed: (problem: string | null) => void
}

export class EventQueue {
  sent: number = 0
  dropped: number = 0
  readonly #parts: Parts
  readonly #waiting: RequestEvent[] = []
  readonly #ended: AbortController = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #sending: boolean = false
  #failures: number = 0
  /** As many wait as there is room for, and it is not yet half of them. */
  #full: boolean = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get waiting(): number {
    return this.#waiting.length
  }

  get failing(): boolean {
    return this.#full || this.#failures >= mostFailures
  }

  add(event: RequestEvent): void {
    if (this.#waiting.length >= mostWaiting) {
      this.dropped++
      return
    }
    this.#waiting.push(event)
    if (this.#waiting.length === mostWaiting) {
      this.#full = true
      this.#parts.changed('too many wait')
    }
    if (this.#sending) return
    if (this.#waiting.length >= batchSize) void this.#send()
    else this.#timer ??= setTimeout(() => void this.#send(), every).unref()
  }

  end(): void {
    this.#ended.abort()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  async #send(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#sending) return
    this.#sending = true
    const backoff = new Backoff()
    while (this.#waiting.length > 0 && !this.#ended.signal.aborted) {
      const batch = this.#waiting.slice(0, batchSize)
      const problem = await this.#parts.send(bodyOf(batch)).then(() => null, this.#parts.problemOf)
      if (this.#ended.signal.aborted) break
      if (problem === null) {
        this.#waiting.splice(0, batch.length)
        this.sent += batch.length
        backoff.reset()
        const wasFailing = this.failing
        this.#failures = 0
        if (this.#waiting.length <= mostWaiting / 2) this.#full = false
        if (wasFailing && !this.failing) this.#parts.changed(null)
      } else {
        this.#failures++
        if (this.#failures === mostFailures) this.#parts.changed(problem)
        await pause(backoff.next(), this.#ended.signal)
      }
    }
    this.#sending = false
  }
}

/** WSO2's receivers of JSON take each element of a list for an event. */
function bodyOf(events: readonly RequestEvent[]): string {
  const wrapped = events.map((payloadData) => ({ event: { metaData: {}, correlationData: {}, payloadData } }))
  return JSON.stringify(wrapped.length === 1 ? wrapped[0] : wrapped)
}
