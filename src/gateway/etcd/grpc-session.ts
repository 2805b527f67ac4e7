/** A connection that speaks gRPC, etcd's own protocol, as far as the gateway needs it: messages of a few kinds, which it reads and writes itself. */
import type { ClientHttp2Session, ClientHttp2Stream, ClientSessionOptions, SecureClientSessionOptions } from 'node:http2'
import { ServiceError } from '../calls/service-error.ts'

/** Milliseconds until the endpoint has shown that it speaks HTTP/2. */
const hello = 2_000

/** Bytes that may be under way: with the little that is usual, etcd would wait again and again. */
const window = 8 * 1024 * 1024

/** Bytes before a message: whether it is compressed, and its length. */
export const prefixBytes = 5

export class GrpcSession {
  readonly #session: ClientHttp2Session
  readonly #token: string | null

  private constructor(session: ClientHttp2Session, token: string | null) {
    this.#session = session
    this.#token = token
  }

  /** `null` where the endpoint does not speak it: its HTTP gateway may say why. `token`: of a login. */
  static async open(endpoint: URL, secure: SecureClientSessionOptions, token: string | null): Promise<GrpcSession | null> {
    // A path is that of somebody who stands before etcd.
    if (endpoint.pathname !== '/') return null
    const { connect } = await import('node:http2')
    const options: ClientSessionOptions & SecureClientSessionOptions = {
      ...secure,
      settings: { initialWindowSize: window, enablePush: false },
    }
    const session = connect(endpoint, options)
    // What becomes of it later, its requests tell.
    session.on('error', () => {})
    const speaks = await new Promise<boolean>((resolve) => {
      session.once('remoteSettings', () => resolve(true))
      session.once('close', () => resolve(false))
      session.setTimeout(hello, () => resolve(false))
    })
    if (speaks) {
      session.setTimeout(0)
      session.setLocalWindowSize(window)
      return new GrpcSession(session, token)
    }
    session.destroy()
    return null
  }

  close(): void {
    this.#session.destroy()
  }

  /** A call, whose messages follow. Throws a ServiceError where the connection has ended. */
  call(path: string): ClientHttp2Stream {
    if (this.#session.destroyed) throw new ServiceError('connect')
    return this.#session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(this.#token === null ? {} : { token: this.#token }),
    })
  }
}

/** A message with what stands before it. */
export function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(prefixBytes)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}
