/** The ways into the gateway for Node's own HTTP/1.1 client: cleartext and TLS. */
import { Agent as CleartextAgent, type ClientRequest, type RequestOptions, request as requestCleartext } from 'node:http'
import { request as requestTls, Agent as TlsAgent } from 'node:https'

export type Door = {
  readonly port: number
  readonly tls: boolean
  readonly request: (options: RequestOptions) => ClientRequest
  /** Keeps connections and uses them in turn, so that none lies idle until the gateway closes it. */
  readonly keeping: CleartextAgent
  /** A connection for each request. */
  readonly fresh: CleartextAgent
}

const kept = { keepAlive: true, maxSockets: 32, scheduling: 'fifo' } as const

export function cleartextDoor(port: number): Door {
  const fresh = new CleartextAgent({ keepAlive: false })
  return { port, tls: false, request: requestCleartext, keeping: new CleartextAgent(kept), fresh }
}

/** Sessions are resumed by the agent that keeps connections; the other one has a full handshake for each. */
export function tlsDoor(port: number): Door {
  // The certificate was made for this run, and whether clients trust it is not what is soaked.
  const trusting = { rejectUnauthorized: false }
  const fresh = new TlsAgent({ ...trusting, keepAlive: false, maxCachedSessions: 0 })
  return { port, tls: true, request: requestTls, keeping: new TlsAgent({ ...trusting, ...kept }), fresh }
}

export function close({ keeping, fresh }: Door): void {
  keeping.destroy()
  fresh.destroy()
}
