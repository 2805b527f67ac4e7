/**
 * One watch, from its beginning to its end. It says nothing while nothing happens, and nothing while it hangs: so etcd is asked again and
 * again where it is, and the watch how far it has come.
 */
import { ServiceError } from '../calls/service-error.ts'
import type { Clock } from '../clock.ts'
import type { Watch } from '../etcd/watch.ts'
import type { WatchMessage } from '../etcd/watch-message.ts'
import { pause } from '../feeds/backoff.ts'
import { ShownProgress } from './shown-progress.ts'

/** Milliseconds between two questions whether the endpoint still speaks for etcd, and how far the watch has come. */
const beat = 2_000

/** Milliseconds for which a watch may owe an answer. */
const longestSilence = 6_000

/** It is not the etcd that was read, or it has lost what was: revisions of the one mean nothing to the other. */
export const begunAnew = 'etcd has begun anew'

/** Whose keys are watched. */
export type WatchedKeys = {
  /** Everything up to this one is taken over. */
  readonly revision: number
  takeOver(events: Extract<WatchMessage, { kind: 'events' }>): void
  /** Where etcd is, as a majority of its members has it; `null` where it has begun anew. Rejects with a ServiceError. */
  askRevision(): Promise<number | null>
  /** All is known that etcd had at this time: monotonic milliseconds. */
  confirm(time: number): void
  /** All of them should be read again. */
  readonly owes: boolean
}

export class QuestionedWatch {
  readonly #keys: WatchedKeys
  readonly #clock: Clock
  readonly #works: () => void
  readonly #watch: Watch
  readonly #progress: ShownProgress = new ShownProgress()
  readonly #stop: AbortController = new AbortController()
  readonly #begun: number
  #outcome: string = 'the watch ended'
  #created: boolean = false
  #answers: boolean = false
  /** The endpoint has spoken for etcd since the watch was asked for. */
  #isInTouch: boolean = false
  /** It does not work this way, while all else does: it does not so much as begin, or does not say how far it has come. */
  isMute: boolean = false

  /** `works` is told of each message. */
  constructor(keys: WatchedKeys, watch: Watch, clock: Clock, works: () => void) {
    this.#keys = keys
    this.#watch = watch
    this.#clock = clock
    this.#works = works
    this.#begun = clock.monotonic()
  }

  /**
   * All keys from `from` up to `end`. Resolves with why it has ended: `renew` where another one should be begun, `unproven` where it should
   * and nothing has shown that all has come.
   */
  async follow(from: string, end: string, ended: AbortSignal): Promise<string> {
    const signal = AbortSignal.any([ended, this.#stop.signal])
    this.#beat(signal)
    // One that begins with what has come already shows how far it has come before anything else happens.
    await this.#watch
      .run(from, end, this.#keys.revision, signal, (message) => this.#received(message))
      .catch((error) => {
        if (signal.aborted) return
        const reason = error instanceof ServiceError ? error.reason : 'bug'
        this.isMute = reason === 'timeout' && this.#isInTouch && !this.#created
        this.#stopWith(reason)
      })
    this.#stop.abort()
    return this.#outcome
  }

  /** For the first reason that there is. */
  #stopWith(why: string): void {
    if (this.#stop.signal.aborted) return
    this.#outcome = why
    this.#stop.abort()
  }

  #received(message: WatchMessage): void {
    if (message.kind === 'compacted' || message.kind === 'cancelled') return this.#stopWith(message.kind)
    this.#created = true
    this.#works()
    if (message.kind === 'created') return
    if (message.kind === 'progress') this.#answers = true
    if (message.kind === 'events') this.#keys.takeOver(message)
    const known = this.#progress.reach(message.revision)
    if (known !== null) this.#keys.confirm(known)
  }

  async #beat(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(beat, signal)
      if (signal.aborted) return
      const problem = await this.#ask(signal).catch((error) => (error instanceof ServiceError ? error.reason : 'bug'))
      if (problem !== null) this.#stopWith(problem)
    }
  }

  /** Why it is to end; `null` where it may go on. */
  async #ask(signal: AbortSignal): Promise<string | null> {
    const asked = this.#clock.monotonic()
    const revision = await this.#keys.askRevision()
    if (signal.aborted) return null
    if (revision === null) return begunAnew
    this.#isInTouch = true
    if (!this.#created) return asked - this.#begun > longestSilence ? this.#mute() : null
    const { askProgress } = this.#watch
    if (askProgress === null) {
      // That all has come is certain where there is nothing else.
      if (this.#keys.revision < revision) return 'unproven'
      this.#keys.confirm(asked)
      return 'renew'
    }
    this.#progress.expect(asked, revision)
    askProgress()
    if (this.#progress.silence(asked) > longestSilence) return this.#answers ? 'timeout' : this.#mute()
    return this.#keys.owes ? 'renew' : null
  }

  #mute(): string {
    this.isMute = true
    return 'timeout'
  }
}
