/** A client of HTTP/2 as programs have it: node:http2. */
import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'

export type Http2Answer = {
  readonly status: number
  readonly fields: IncomingHttpHeaders
  readonly body: Buffer
  readonly trailers: IncomingHttpHeaders
  /** Of the interim answers before it. */
  readonly interim: readonly IncomingHttpHeaders[]
  /** With which the stream was reset; 0 for one that ended cleanly. */
  readonly code: number
}

export class Http2LibraryClient {
  readonly session: ClientHttp2Session

  private constructor(session: ClientHttp2Session) {
    this.session = session
  }

  /** In cleartext, knowing that the other side speaks HTTP/2. */
  static async connect(port: number): Promise<Http2LibraryClient> {
    const session = connect(`http://127.0.0.1:${port}`)
    await once(session, 'connect')
    // Streams tell what becomes of them.
    session.on('error', () => {})
    return new Http2LibraryClient(session)
  }

  /** By ALPN; the gateway's certificate is not looked at. */
  static async connectSecurely(port: number, own: { readonly cert?: string; readonly key?: string } = {}): Promise<Http2LibraryClient> {
    const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, ...own })
    await once(session, 'connect')
    session.on('error', () => {})
    return new Http2LibraryClient(session)
  }

  /** `body`: null leaves the request open. */
  begin(method: string, path: string, fields: OutgoingHttpHeaders = {}, body: string | Buffer | null = ''): ClientHttp2Stream {
    const stream = this.session.request(
      { ':method': method, ':path': path, ':authority': 'gateway.test', ...fields },
      { endStream: body === '' },
    )
    stream.on('error', () => {})
    if (body !== null && body !== '') stream.end(body)
    return stream
  }

  ask(method: string, path: string, fields: OutgoingHttpHeaders = {}, body: string | Buffer = ''): Promise<Http2Answer> {
    return answerOf(this.begin(method, path, fields, body))
  }

  async close(): Promise<void> {
    if (this.session.destroyed) return
    const closed = once(this.session, 'close')
    this.session.destroy()
    await closed
  }
}

/** Resolves when the stream has closed, however it did. */
export async function answerOf(stream: ClientHttp2Stream): Promise<Http2Answer> {
  const chunks: Buffer[] = []
  const interim: IncomingHttpHeaders[] = []
  let fields: IncomingHttpHeaders = {}
  let trailers: IncomingHttpHeaders = {}
  stream.on('headers', (headers) => interim.push(headers))
  stream.on('response', (headers) => {
    fields = headers
  })
  stream.on('trailers', (headers) => {
    trailers = headers
  })
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  await new Promise<void>((resolve) => stream.on('close', resolve))
  const status = Number((fields as Record<string, unknown>)[':status'] ?? 0)
  return { status, fields, body: Buffer.concat(chunks), trailers, interim, code: stream.rstCode ?? 0 }
}
