/** The gateway's own credential for a backend, as the core sees it, and the capabilities that have one. Types only. */
import type { BackendCredentialPlan, ClientCredentialsPlan } from '../../contract/plan/backend-credential.ts'
import type { Clock } from '../clock.ts'
import type { CoarseClock } from '../coarse-clock.ts'
import type { Backend, BackendRequest } from './backend.ts'

/** Counts `event`, and logs `problem` where there is one: fixed words, without anything that a backend or client sent. */
export type Tell = (event: string, problem: string | null) => void

export type BackendCredentialCapability = () => {
  /** The same backend, with the credential on every request to it. */
  readonly introduce: (backend: Backend, credential: BackendCredential, clock: CoarseClock) => Backend
  readonly constant: ConstantCredential
}

/** Throws a StartError for values that cannot be used. */
export type ConstantCredential = (plan: ConstantCredentialPlan, values: ReadonlyMap<string, string>, tell: Tell) => BackendCredential

export type ConstantCredentialPlan = Extract<BackendCredentialPlan, { kind: 'basic' | 'api-key' }>
export type DigestPlan = Extract<BackendCredentialPlan, { kind: 'digest' }>

/** Throws a StartError for a user that cannot be said. */
export type BackendDigestCapability = (plan: DigestPlan, values: ReadonlyMap<string, string>, tell: Tell) => BackendCredential

/** Rejects with a StartError for values that cannot be used. */
export type ClientCredentialsCapability = (plan: ClientCredentialsPlan, surroundings: GrantSurroundings) => Promise<BackendCredential>

export type GrantSurroundings = {
  readonly values: ReadonlyMap<string, string>
  readonly clock: CoarseClock
  readonly wallClock: Clock
  /** Takes what an operator should know of the gateway's own certificate, without secrets in it. */
  readonly warn: (problem: string) => void
  readonly tell: Tell
}

/** How the gateway makes itself known to one backend. One object serves all requests of a thread. */
export type BackendCredential = {
  /** `false`: a refused request is not tried again, so nothing need be kept for that. */
  readonly renews: boolean
  /** It must be known how the backend asks before a body is sent that cannot be sent twice. */
  readonly needsProbe: boolean
  /** The whole body must be known before the request is sent. */
  readonly needsBody: boolean
  /** Field lines of an answer without what would give the credential away; `null` where it is in no address that a backend repeats. */
  readonly withhold: ((lines: string) => string) | null
  /** `now` where a request can be made; `waiting`: the waiter is called; `none`: not for some time. */
  prepare(waiter: CredentialWaiter): 'now' | 'waiting' | 'none'
  cancel(waiter: CredentialWaiter): void
  /** The request with the credential. `body`: where it is known, one character a byte or in pieces; empty for none. */
  authorise(request: BackendRequest, body: string | readonly Buffer[] | null): AuthorisedRequest
  /** The backend answers 401; `challenge`: its `WWW-Authenticate`. `retry`: at once, `refused`: the backend does not want it. */
  challenged(challenge: string | undefined, used: object | null): 'retry' | 'refused' | 'pass'
  /** The backend answers something else. `info`: its `Authentication-Info`. */
  accepted(info: string | undefined, used: object | null): void
  sweep(now: number): void
  close(): void
}

/** `used`: what the request was authorised with, for the answer; `null` where it goes without. */
export type AuthorisedRequest = { readonly request: BackendRequest; readonly used: object | null }

export type CredentialWaiter = {
  /** False: there is none, and none will come soon. */
  credentialReady(there: boolean): void
}
