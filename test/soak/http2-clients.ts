import { type ClientHttp2Session, connect } from 'node:http2'
import type { Random } from '../random.ts'

/** Requests after which a connection is left for a new one. */
const mostRequests = 200

/** Between the last request that is begun on a connection and its closing. */
const retirementMilliseconds = 1000

/** One HTTP/2 connection to each origin, taken in turn and renewed now and then. */
export class Http2Clients {
  readonly #random: Random
  readonly #origins: readonly string[]
  readonly #retired = new Set<ClientHttp2Session>()
  readonly #sessions = new Map<string, { readonly session: ClientHttp2Session; requests: number }>()

  constructor(random: Random, origins: readonly string[]) {
    this.#random = random
    this.#origins = origins
  }

  /** A connection on which a request may be begun. */
  any(): ClientHttp2Session {
    const origin = this.#random.pick(this.#origins)
    let held = this.#sessions.get(origin)
    if (held === undefined || held.session.closed || held.session.destroyed || held.requests >= mostRequests) {
      if (held !== undefined) this.#retire(held.session)
      held = { session: open(origin), requests: 0 }
      this.#sessions.set(origin, held)
    }
    held.requests++
    return held.session
  }

  close(): void {
    for (const { session } of this.#sessions.values()) session.close()
    for (const session of this.#retired) session.close()
  }

  /** Its GOAWAY must not overtake a request that was begun in this turn: the gateway would have to refuse that. */
  #retire(session: ClientHttp2Session): void {
    this.#retired.add(session)
    session.once('close', () => this.#retired.delete(session))
    setTimeout(() => session.close(), retirementMilliseconds)
  }
}

function open(origin: string): ClientHttp2Session {
  // The certificate was made for this run.
  const session = connect(origin, { rejectUnauthorized: false })
  // What goes wrong with a connection shows in its streams.
  session.on('error', () => {})
  return session
}
