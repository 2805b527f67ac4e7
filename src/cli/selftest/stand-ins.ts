/** The other machines of a gateway under test, on this one: backends of HTTP/1.1 and 2, key sets, key managers. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server, type Http2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Addresses } from './replaced-plan.ts'

/** By this field the backend knows which test a request belongs to; the gateway passes it on like any other. */
export const testField = 'x-postern-selftest'

/** What a backend got. `target` is what stands behind the upstream's own path. */
export type SeenRequest = {
  readonly upstream: number
  readonly method: string
  readonly target: string
  readonly fields: Readonly<Record<string, string | readonly string[] | undefined>>
}

type Claims = Readonly<Record<string, unknown>>

/** RFC 6455 §1.3. */
const webSocketGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export class StandIns implements Addresses {
  readonly #seen: Map<string, SeenRequest[]> = new Map()
  /** What key managers know of tokens, by their text. */
  readonly #tokens: Map<string, Claims> = new Map()
  readonly #keySets: Map<number, readonly object[]> = new Map()
  readonly #plain: Server
  readonly #http2: Http2Server
  readonly #sockets: Set<Socket> = new Set()

  private constructor() {
    this.#plain = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => this.#answer(request, response))
    this.#plain.on('upgrade', (request, socket) => this.#switch(request, socket))
    this.#http2 = createHttp2Server((request, response) => this.#answer(request, response))
    for (const server of [this.#plain, this.#http2]) {
      server.on('connection', (socket: Socket) => {
        this.#sockets.add(socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket)))
      })
    }
  }

  static async start(): Promise<StandIns> {
    const standIns = new StandIns()
    for (const server of [standIns.#plain, standIns.#http2]) {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
    }
    return standIns
  }

  backend(upstream: number, http: '1.1' | '2'): string {
    return `${originOf(http === '2' ? this.#http2 : this.#plain)}/backend-${upstream}`
  }

  keySet(issuer: number): string {
    return `${originOf(this.#plain)}/key-set-${issuer}`
  }

  introspection(issuer: number): string {
    return `${originOf(this.#plain)}/introspection-${issuer}`
  }

  setKeySet(issuer: number, keys: readonly object[]): void {
    this.#keySets.set(issuer, keys)
  }

  knowToken(text: string, claims: Claims): void {
    this.#tokens.set(text, claims)
  }

  /** What backends got of one test, which is then forgotten. */
  takeSeen(test: string): readonly SeenRequest[] {
    const seen = this.#seen.get(test) ?? []
    this.#seen.delete(test)
    return seen
  }

  async stop(): Promise<void> {
    const closed = [this.#plain, this.#http2].map((server) => once(server, 'close'))
    this.#plain.close()
    this.#http2.close()
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(closed)
  }

  #answer(request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse): void {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk.subarray(0, 64 * 1024)))
    request.on('error', () => {})
    request.on('end', () => {
      // A request that was given up has not been got.
      if ('stream' in request && request.stream.rstCode !== 0) return
      response.statusCode = 200
      response.setHeader('content-type', 'application/json')
      response.end(this.#bodyFor(request, chunks))
    })
  }

  #bodyFor(request: IncomingMessage | Http2ServerRequest, chunks: readonly Buffer[]): string {
    const [, service, index] = /^\/(key-set|introspection)-(\d+)$/.exec(request.url ?? '') ?? []
    if (service === 'key-set') return JSON.stringify({ keys: this.#keySets.get(Number(index)) ?? [] })
    if (service === 'introspection') {
      const token = new URLSearchParams(Buffer.concat(chunks).toString('latin1')).get('token') ?? ''
      const claims = this.#tokens.get(token)
      return JSON.stringify(claims === undefined ? { active: false } : { active: true, ...claims })
    }
    this.#record(request)
    return '{}'
  }

  #record({ url = '', method = '', headers }: IncomingMessage | Http2ServerRequest): void {
    const [, upstream, target = ''] = /^\/backend-(\d+)(.*)$/s.exec(url) ?? []
    const test = headers[testField]
    if (upstream === undefined || typeof test !== 'string') return
    this.#seen.set(test, [...(this.#seen.get(test) ?? []), { upstream: Number(upstream), method, target, fields: headers }])
  }

  /** Agrees to whatever was asked for, and closes at once. */
  #switch(request: IncomingMessage, socket: Duplex): void {
    this.#record(request)
    const key = request.headers['sec-websocket-key']
    const accept =
      key === undefined ? '' : `Sec-WebSocket-Accept: ${createHash('sha1').update(`${key}${webSocketGuid}`).digest('base64')}\r\n`
    socket.on('error', () => {})
    socket.end(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\n${accept}\r\n`)
  }
}

function originOf(server: Server | Http2Server): string {
  // Both listen on a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
