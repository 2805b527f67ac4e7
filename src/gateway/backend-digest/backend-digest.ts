/**
 * The capability that makes the gateway known to backends by Digest (RFC 7616). One nonce is used for request after request, counted, so
 * that a backend which is known costs one request and not two.
 */

import type { DigestAlgorithm } from '../../contract/plan/backend-credential.ts'
import { StartError, settingsIn, settle } from '../settings.ts'
import type { BackendRequest } from '../upstream/backend.ts'
import type { AuthorisedRequest, BackendCredential, BackendDigestCapability, Tell } from '../upstream/gateway-credential.ts'
import { readParameters } from './challenges.ts'
import { chooseChallenge } from './digest-challenge.ts'
import { DigestSession, type DigestUser } from './digest-session.ts'

const maximumLength = 1024
const maximumNonce = 512

export const backendDigestCapability: BackendDigestCapability = (plan, values, tell) => {
  const user = settle(plan.user, values).normalize('NFC')
  const password = settle(plan.password, values).normalize('NFC')
  // A quote or backslash in a name is hashed by some peers with the backslash before it, and by others without.
  if (user === '' || /[:"\\]/.test(user) || /\p{Cc}/u.test(user + password) || user.length + password.length > maximumLength)
    throw new StartError(
      `${settingsIn([...plan.user, ...plan.password])} must be a user without colon, quotes and backslash, and a password, without control characters`,
    )
  return new DigestCredential({ user, password }, plan.algorithms, tell)
}

export class DigestCredential implements BackendCredential {
  readonly renews = true
  readonly withhold = null
  readonly #holder: DigestUser
  /** Strongest first; what is weaker than the strongest that the backend has asked for no longer counts. */
  #algorithms: readonly DigestAlgorithm[]
  readonly #tell: Tell
  #session: DigestSession | null = null
  #complained: boolean = false

  constructor(holder: DigestUser, algorithms: readonly DigestAlgorithm[], tell: Tell) {
    this.#holder = holder
    this.#algorithms = algorithms
    this.#tell = tell
  }

  get needsProbe(): boolean {
    return this.#session === null
  }

  get needsBody(): boolean {
    return this.#session?.challenge.qop === 'auth-int'
  }

  prepare(): 'now' {
    return 'now'
  }

  cancel(): void {}

  authorise(request: BackendRequest, body: string | readonly Buffer[] | null): AuthorisedRequest {
    const session = this.#session
    if (session === null || session.spent || (body === null && this.needsBody)) return { request, used: null }
    const { method, fields, contentLength, chunked, upgrade } = request
    const target = quotable(request.target)
    const line = session.line({ method, target }, body)
    return { request: { method, target, fields: fields + line, contentLength, chunked, upgrade }, used: session }
  }

  challenged(text: string | undefined, used: object | null): 'retry' | 'refused' | 'pass' {
    // Without a challenge it is no question of HTTP's authentication: the API says something of its own by it.
    if (text === undefined) return 'pass'
    const challenge = chooseChallenge(text, this.#algorithms)
    if (challenge === null) return this.#refused('unsupported', 'the backend asks for no digest that may be used')
    const known = this.#session
    // Another exchange has learnt a nonce meanwhile.
    if (known !== null && known !== used && !known.spent) return 'retry'
    this.#session = new DigestSession(challenge, this.#holder)
    this.#algorithms = this.#algorithms.slice(0, this.#algorithms.indexOf(challenge.algorithm) + 1)
    if (used === null || known === null) {
      this.#tell('challenged', null)
      return 'retry'
    }
    // Some backends forget their nonces without saying so: the password was right, and is so still.
    if (!challenge.stale && !known.proven && challenge.realm === known.challenge.realm)
      return this.#refused('refused', 'the backend does not accept the user and password')
    this.#tell('stale', null)
    return 'retry'
  }

  accepted(info: string | undefined, used: object | null): void {
    if (!(used instanceof DigestSession)) return
    used.proven = true
    this.#complained = false
    if (info !== undefined && used === this.#session) this.#follow(info, used)
  }

  sweep(): void {}

  close(): void {}

  /** A backend that gives the next nonce saves the request that would be refused. The key of `-sess` stays with its nonce. */
  #follow(info: string, session: DigestSession): void {
    const next = readParameters(info)?.get('nextnonce')
    if (next === undefined || !/^[\x20-\x7e]+$/.test(next) || next.length > maximumNonce) return
    if (session.challenge.session || next === session.challenge.nonce) return
    this.#session = session.next(next, this.#holder)
  }

  #refused(event: string, problem: string): 'refused' {
    this.#tell(event, this.#complained ? null : problem)
    this.#complained = true
    return 'refused'
  }
}

/** The target stands in quotes in the field, and the backend compares the two: quotes are escaped in both. Backslashes come in no target. */
function quotable(target: string): string {
  return target.replaceAll('"', '%22')
}
