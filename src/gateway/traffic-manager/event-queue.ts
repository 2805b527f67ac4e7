/**
 * Tells a Traffic Manager of requests that passed, several at once and beside the requests. What waits is bounded, and where it takes them more
 * slowly than they come it cannot be told; a batch that was not taken is sent again, so that an event may be counted twice. One that is
 * refused for what is in it is sent again in parts, until the event is alone that is to blame: that one is dropped. Where one after the other
 * is, it is not the events that are to blame.
 */
import { Backoff, pause } from '../feeds/backoff.ts'

/** Milliseconds from the first event of a batch until it is sent, events of one, and events that wait. */
const every = 100
const batchSize = 200
const mostWaiting = 10_000

/** Batches in a row that were not taken, after which it cannot be told. */
const mostFailures = 2

/** Events in a row that were refused, after which it cannot be told. */
const mostRefusals = 3

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
  /** Whether that is because of what is in it. */
  readonly isRefusal: (error: unknown) => boolean
  /** It cannot be told, and why; or it can again: `null`. */
  readonly changed: (problem: string | null) => void
  /** An event was refused, and why. */
  readonly refused: (problem: string) => void
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
  /** Events that are sent at once. */
  #size: number = batchSize
  #refusals: number = 0
  readonly #backoff: Backoff = new Backoff()
  /** As many wait as there is room for, and it is not yet half of them. */
  #full: boolean = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get waiting(): number {
    return this.#waiting.length
  }

  get failing(): boolean {
    return this.#full || this.#failures >= mostFailures || (this.#refusals >= mostRefusals && this.#waiting.length > 0)
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
    while (this.#waiting.length > 0 && !this.#ended.signal.aborted) {
      const batch = this.#waiting.slice(0, this.#size)
      const failure = await this.#parts.send(bodyOf(batch)).then(
        () => null,
        (error: unknown) => ({ error }),
      )
      if (this.#ended.signal.aborted) break
      if (failure === null) this.#taken(batch.length)
      else if (this.#parts.isRefusal(failure.error)) await this.#refused(batch.length, failure.error)
      else {
        this.#failures++
        if (this.#failures === mostFailures) this.#parts.changed(this.#parts.problemOf(failure.error))
        await pause(this.#backoff.next(), this.#ended.signal)
      }
    }
    this.#sending = false
  }

  #taken(count: number): void {
    const wasFailing = this.failing || this.#refusals >= mostRefusals
    this.#waiting.splice(0, count)
    this.sent += count
    this.#backoff.reset()
    this.#failures = 0
    this.#refusals = 0
    this.#size = Math.min(batchSize, 2 * this.#size)
    if (this.#waiting.length <= mostWaiting / 2) this.#full = false
    if (wasFailing && !this.failing) this.#parts.changed(null)
  }

  async #refused(count: number, error: unknown): Promise<void> {
    if (count > 1) {
      this.#size = count >> 1
      return
    }
    const problem = this.#parts.problemOf(error)
    this.#parts.refused(problem)
    this.#refusals++
    if (this.#refusals === mostRefusals) this.#parts.changed(problem)
    // While it waits it cannot be told.
    if (this.#refusals >= mostRefusals) await pause(this.#backoff.next(), this.#ended.signal)
    this.#waiting.shift()
    this.dropped++
  }
}

/** WSO2's receivers of JSON take each element of a list for an event. */
function bodyOf(events: readonly RequestEvent[]): string {
  const wrapped = events.map((payloadData) => ({ event: { metaData: {}, correlationData: {}, payloadData } }))
  return JSON.stringify(wrapped.length === 1 ? wrapped[0] : wrapped)
}
