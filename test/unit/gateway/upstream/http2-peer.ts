/** A real HTTP/2 backend for tests, and the pool that speaks with it. */
import { once } from 'node:events'
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { CoarseClock } from '../../../../src/gateway/coarse-clock.ts'
import type { Backend } from '../../../../src/gateway/upstream/backend.ts'
import { parseBackendOrigin } from '../../../../src/gateway/upstream/backend-origin.ts'
import { type Dial, plainDial } from '../../../../src/gateway/upstream/dial.ts'
import { http2BackendCapability } from '../../../../src/gateway/upstream/http2-backend.ts'
import type { UpstreamLimits } from '../../../../src/gateway/upstream/upstream-limits.ts'

const makeHttp2 = await http2BackendCapability()

export const limits: UpstreamLimits = {
  maxConnections: 4,
  maxWaiting: 10,
  connect: 5000,
  upstreamIdle: 60_000,
  upstreamLife: Number.POSITIVE_INFINITY,
}

export type Pool = { readonly backend: Backend; readonly clock: CoarseClock; readonly close: () => void }

/** Time stands still until a test moves it. */
export function poolTo(url: string, changes: Partial<UpstreamLimits> = {}, dial: Dial = plainDial(undefined)): Pool {
  const clock = new CoarseClock(0)
  const backend = makeHttp2(0, parseBackendOrigin(url)!, dial, { ...limits, ...changes }, clock)
  return { backend, clock, close: () => backend.close() }
}

export type StreamHandler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, raw: readonly string[]) => unknown

export class Http2Peer {
  readonly sessions: ServerHttp2Session[] = []
  readonly #server: Http2Server
  handler: StreamHandler
  onSession: (session: ServerHttp2Session) => void = () => {}

  private constructor(handler: StreamHandler, options: ServerOptions) {
    this.handler = handler
    this.#server = createServer(options)
    this.#server.on('session', (session) => {
      this.sessions.push(session)
      session.on('error', () => {})
      this.onSession(session)
    })
    this.#server.on('stream', (stream: ServerHttp2Stream, headers, flags, raw) => {
      stream.on('error', () => {})
      this.handler(stream, headers, flags, raw)
    })
  }

  static async start(handler: StreamHandler, options: ServerOptions = {}): Promise<Http2Peer> {
    const peer = new Http2Peer(handler, options)
    peer.#server.listen(0, '127.0.0.1')
    await once(peer.#server, 'listening')
    return peer
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    for (const session of this.sessions) session.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
