/** A backend to which the gateway makes itself known: the same connections, with a credential on every request. */

import type { CoarseClock } from '../coarse-clock.ts'
import type { Backend, BackendChannel, Waiter } from '../upstream/backend.ts'
import type { BackendOrigin } from '../upstream/backend-origin.ts'
import type { BackendCredential } from '../upstream/gateway-credential.ts'
import { CredentialChannel } from './credential-channel.ts'

export class CredentialBackend implements Backend {
  readonly index: number
  readonly origin: BackendOrigin
  readonly #backend: Backend
  readonly #credential: BackendCredential
  readonly #clock: CoarseClock
  /** Those that need a fresh connection, until the next turn. */
  readonly #fresh: Set<Waiter> = new Set()

  constructor(backend: Backend, credential: BackendCredential, clock: CoarseClock) {
    this.index = backend.index
    this.origin = backend.origin
    this.#backend = backend
    this.#credential = credential
    this.#clock = clock
  }

  /** The connection itself is taken when the request can be made: it is not held while a credential is waited for. */
  acquire(): BackendChannel {
    return new CredentialChannel(this.#backend, this.#credential, this.#clock, false)
  }

  acquireFresh(waiter: Waiter): 'waiting' {
    this.#fresh.add(waiter)
    process.nextTick(() => {
      if (this.#fresh.delete(waiter)) waiter.channelReady(new CredentialChannel(this.#backend, this.#credential, this.#clock, true))
    })
    return 'waiting'
  }

  cancel(waiter: Waiter): void {
    this.#fresh.delete(waiter)
  }

  sweep(now: number): void {
    this.#backend.sweep(now)
    this.#credential.sweep(now)
  }

  close(): void {
    this.#credential.close()
    this.#backend.close()
  }
}
