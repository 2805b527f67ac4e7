/**
 * How the gateway itself asks another service: key manager, authorisation server, key set. One client for a service; few calls, each
 * bounded in time and in what it may answer. Requests of clients never go this way: they have backends.
 */
import type { Agent, IncomingMessage, RequestOptions } from 'node:http'
import { isIP, type LookupFunction } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { pausesOf, unhurried } from '../feeds/gathering.ts'
import { OwnCertificate } from '../own-certificate.ts'
import type { ClientCertificateFiles } from '../upstream/dial.ts'
import { ServiceError, serviceError } from './service-error.ts'

export type ServiceOptions = {
  /** PEM certificates; empty for those that Node trusts. */
  readonly authorities: readonly string[]
  readonly clientCertificate: ClientCertificateFiles | null
  /** The name that is asked for and verified; `null` for the URL's host. */
  readonly serverName: string | null
  /** Connections at the same time; further calls wait, within their own time. */
  readonly sockets: number
  /** The system's resolver where there is none. */
  readonly lookup?: LookupFunction
  /** Takes what an operator should know, without secrets in it. */
  readonly warn: (problem: string) => void
}

export type ServiceCall = {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** Milliseconds for all of it, the wait for a connection included. */
  readonly timeout: number
  /** Bytes of the answer's body. */
  readonly maxAnswer: number
}

export type ServiceAnswer = {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

type Request = typeof import('node:http').request

/** Bytes of an answer's head. */
const maxHead = 16 * 1024
/** Milliseconds after which a connection that rests is closed. */
const idle = 15_000

export class ServiceClient {
  readonly #request: Request
  readonly #agent: Agent
  /** Those of a request over TLS; none for plain http. */
  readonly #tls: () => ConnectionOptions
  readonly #lookup: LookupFunction | undefined

  private constructor(request: Request, agent: Agent, tls: () => ConnectionOptions, lookup: LookupFunction | undefined) {
    this.#request = request
    this.#agent = agent
    this.#tls = tls
    this.#lookup = lookup
  }

  /** For https (`secure`) or http URLs. Rejects with a StartError where the client certificate cannot be used. */
  static async open(secure: boolean, options: ServiceOptions): Promise<ServiceClient> {
    const pool = {
      keepAlive: true,
      maxSockets: options.sockets,
      maxFreeSockets: options.sockets,
      timeout: idle,
      scheduling: 'lifo',
    } as const
    if (!secure) {
      const { Agent, request } = await import('node:http')
      return new ServiceClient(request, new Agent(pool), () => ({}), options.lookup)
    }
    const { Agent, request } = await import('node:https')
    const tls = await tlsOptions(options)
    // No session is kept: one of another client certificate must not be resumed, and connections are kept anyway.
    return new ServiceClient(request, new Agent({ ...pool, maxCachedSessions: 0 }), tls, options.lookup)
  }

  /** Redirects are not followed. Rejects with a ServiceError and nothing else. */
  async call(call: ServiceCall): Promise<ServiceAnswer> {
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), call.timeout)
    try {
      return await this.#attempt(call, deadline.signal, true)
    } catch (error) {
      throw deadline.signal.aborted ? new ServiceError('timeout') : serviceError(error)
    } finally {
      clearTimeout(timer)
    }
  }

  /**
   * A call whose answer goes on for as long as the service has something to say, on a connection of its own: `received` is given each piece;
   * what comes densely, together. Resolves with the status when it has ended; rejects as `call` does. The call's time is that until the
   * answer begins; `signal` ends it at any time. With `goOn` the body does not end: it is given what adds to it.
   */
  async follow(
    call: Omit<ServiceCall, 'maxAnswer'>,
    signal: AbortSignal,
    received: (piece: Buffer) => void,
    goOn: ((write: (text: string) => void) => void) | null,
  ): Promise<number> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), call.timeout)
    const request = this.#start(call, AbortSignal.any([signal, late.signal]), { agent: false, ...unhurried })
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request.on('response', resolve)
        request.on('error', reject)
        if (goOn === null) request.end(call.body ?? undefined)
        else {
          request.write(call.body ?? '')
          goOn((text) => request.write(text))
        }
      })
      clearTimeout(timer)
      const pauses = pausesOf(response.socket)
      // Without an encoding set, a stream of bytes gives Buffers.
      for await (const piece of response) {
        received(piece as Buffer)
        pauses.after((piece as Buffer).length)
      }
      return response.statusCode ?? 0
    } catch (error) {
      throw late.signal.aborted ? new ServiceError('timeout') : serviceError(error)
    } finally {
      clearTimeout(timer)
      request.destroy()
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  /** How it makes itself and the service sure of each other, for a connection of another protocol; nothing for plain http. */
  secureOptions(): ConnectionOptions {
    return this.#tls()
  }

  #start(
    { method, url, headers }: Omit<ServiceCall, 'maxAnswer'>,
    signal: AbortSignal,
    connection: RequestOptions = { agent: this.#agent },
  ): ReturnType<Request> {
    return this.#request(url, {
      method,
      headers: { Accept: 'application/json', 'Accept-Encoding': 'identity', ...headers },
      ...connection,
      signal,
      maxHeaderSize: maxHead,
      insecureHTTPParser: false,
      ...(this.#lookup === undefined ? {} : { lookup: this.#lookup }),
      ...this.#tls(),
    })
  }

  #attempt(call: ServiceCall, signal: AbortSignal, again: boolean): Promise<ServiceAnswer> {
    return new Promise((resolve, reject) => {
      const { body, maxAnswer } = call
      const request = this.#start(call, signal)
      let answered = false
      request.on('error', (error) => {
        // The service closed a resting connection just as it was used again.
        if (again && !answered && request.reusedSocket && !signal.aborted) this.#attempt(call, signal, false).then(resolve, reject)
        else reject(error)
      })
      request.on('response', (response) => {
        answered = true
        readBody(response, maxAnswer).then(
          (read) => {
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: read })
          },
          (error) => {
            response.destroy()
            reject(error)
          },
        )
      })
      request.end(body ?? undefined)
    })
  }
}

async function readBody(response: IncomingMessage, max: number): Promise<Buffer> {
  if ((response.headers['content-encoding'] ?? 'identity') !== 'identity') throw new ServiceError('protocol')
  const parts: Buffer[] = []
  let size = 0
  for await (const part of response) {
    // Without an encoding set, a stream of bytes gives Buffers.
    const bytes = part as Buffer
    size += bytes.length
    if (size > max) throw new ServiceError('too-large')
    parts.push(bytes)
  }
  return Buffer.concat(parts)
}

async function tlsOptions({ authorities, clientCertificate, serverName, warn }: ServiceOptions): Promise<() => ConnectionOptions> {
  const { checkServerIdentity, createSecureContext } = await import('node:tls')
  const trusted = authorities.length === 0 ? {} : { ca: [...authorities] }
  const contextWith = (pair: { readonly cert?: Buffer; readonly key?: Buffer }): ReturnType<typeof createSecureContext> =>
    createSecureContext({ minVersion: 'TLSv1.2', ...trusted, ...pair })
  const own = clientCertificate === null ? null : new OwnCertificate(clientCertificate, contextWith, warn)
  const anonymous = own === null ? contextWith({}) : null
  const named =
    serverName === null
      ? {}
      : {
          servername: isIP(serverName) === 0 ? serverName : '',
          checkServerIdentity: (_host: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
            checkServerIdentity(serverName, certificate),
        }
  return () => ({
    ...named,
    secureContext: own?.current() ?? anonymous!,
    // Said, because an environment variable of Node's changes the default.
    rejectUnauthorized: true,
  })
}
