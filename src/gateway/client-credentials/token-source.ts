/**
 * The token with which the gateway makes itself known to one backend. It is fetched ahead of its end, by one call at a time; a request
 * waits only where there is none.
 */

import type { CoarseClock } from '../coarse-clock.ts'
import type { BackendRequest } from '../upstream/backend.ts'
import type { AuthorisedRequest, BackendCredential, CredentialWaiter, Tell } from '../upstream/gateway-credential.ts'
import type { GrantedToken } from './token-answer.ts'

type HeldToken = { readonly line: string; readonly fetchedAt: number; readonly renewAt: number; readonly endsAt: number }

/** Resolves with a token, or with fixed words why there is none. */
export type FetchToken = () => Promise<GrantedToken | string>

/** Milliseconds for which a request waits for a first token, and how many may. */
const maximumWait = 5000
const maximumWaiting = 1024
/** Milliseconds between two calls, and after failures one after another: twice as long each time. */
const shortestPause = 1000
const longestPause = 30_000
/** Milliseconds: a token that is refused sooner is not worth another one like it. */
const youngest = 10_000

export class TokenSource implements BackendCredential {
  readonly renews = true
  readonly withhold = null
  readonly needsProbe = false
  readonly needsBody = false
  readonly #fetch: FetchToken
  readonly #clock: CoarseClock
  readonly #tell: Tell
  readonly #close: () => void
  #token: HeldToken | null = null
  #fetching: boolean = false
  /** Monotonic milliseconds before which nobody is asked. */
  #nextCall: number = 0
  #failures: number = 0
  #complained: boolean = false
  /** With the time until which each of them waits. */
  readonly #waiting: Map<CredentialWaiter, number> = new Map()

  constructor(fetch: FetchToken, clock: CoarseClock, tell: Tell, close: () => void) {
    this.#fetch = fetch
    this.#clock = clock
    this.#tell = tell
    this.#close = close
  }

  prepare(waiter: CredentialWaiter): 'now' | 'waiting' | 'none' {
    const now = this.#clock.now
    if (this.#token !== null && now < this.#token.endsAt) return 'now'
    if (!this.#fetching && now < this.#nextCall) return 'none'
    if (this.#waiting.size >= maximumWaiting) return 'none'
    this.#waiting.set(waiter, now + maximumWait)
    this.#call()
    return 'waiting'
  }

  cancel(waiter: CredentialWaiter): void {
    this.#waiting.delete(waiter)
  }

  authorise(request: BackendRequest): AuthorisedRequest {
    const token = this.#token
    if (token === null) return { request, used: null }
    const { method, target, fields, contentLength, chunked, upgrade } = request
    return { request: { method, target, fields: fields + token.line, contentLength, chunked, upgrade }, used: token }
  }

  /** Of all whose requests were refused with one token, the first drops it; the others find the next one, or wait for it with the first. */
  challenged(challenge: string | undefined, used: object | null): 'retry' | 'refused' | 'pass' {
    if (this.#token === null || used !== this.#token) return 'retry'
    if (this.#clock.now - this.#token.fetchedAt >= youngest) {
      this.#token = null
      this.#tell('dropped', null)
      return 'retry'
    }
    // Without a challenge it is no question of HTTP's authentication: the API says something of its own by it.
    if (challenge === undefined) return 'pass'
    this.#tell('refused', this.#complained ? null : 'the backend does not accept the token')
    this.#complained = true
    return 'refused'
  }

  accepted(): void {}

  sweep(now: number): void {
    for (const [waiter, until] of this.#waiting) if (until <= now) this.#answer(waiter, false)
    if (this.#token === null || now >= this.#token.renewAt) this.#call()
  }

  close(): void {
    for (const waiter of [...this.#waiting.keys()]) this.#answer(waiter, false)
    this.#nextCall = Number.POSITIVE_INFINITY
    this.#close()
  }

  #call(): void {
    const startedAt = this.#clock.now
    if (this.#fetching || startedAt < this.#nextCall) return
    this.#fetching = true
    this.#fetch().then((granted) => this.#fetched(granted, startedAt))
  }

  #fetched(granted: GrantedToken | string, startedAt: number): void {
    this.#fetching = false
    if (typeof granted === 'string') this.#failed(granted)
    else this.#granted(granted, startedAt)
    const now = this.#clock.now
    const there = this.#token !== null && now < this.#token.endsAt
    for (const waiter of [...this.#waiting.keys()]) this.#answer(waiter, there)
  }

  #granted({ text, life }: GrantedToken, startedAt: number): void {
    this.#failures = 0
    this.#pause(shortestPause)
    this.#token = {
      line: `Authorization: Bearer ${text}\r\n`,
      fetchedAt: this.#clock.now,
      renewAt: startedAt + life * 0.75,
      endsAt: startedAt + life * 0.95,
    }
    this.#tell('fetched', null)
  }

  #failed(why: string): void {
    this.#tell('fetch-failed', this.#failures === 0 ? `there is no token for the backend: ${why}` : null)
    this.#pause(Math.min(longestPause, shortestPause * 2 ** Math.min(this.#failures, 10)))
    this.#failures++
  }

  #pause(milliseconds: number): void {
    if (this.#nextCall !== Number.POSITIVE_INFINITY) this.#nextCall = this.#clock.now + milliseconds
  }

  #answer(waiter: CredentialWaiter, there: boolean): void {
    if (this.#waiting.delete(waiter)) waiter.credentialReady(there)
  }
}
