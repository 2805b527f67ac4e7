/**
 * The listener for those who run the gateway, on its own port: whether it lives, whether it is ready, what it counted, what it is.
 * Plain node:http, because nothing here is fast or forwarded. It takes no request body and changes nothing.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readiness } from './readiness.ts'

export type AdminSources = {
  readonly readiness: Readiness
  /** Prometheus text. */
  readonly metrics: () => string
  /** The manifest's bytes, as they stand in the bundle. */
  readonly manifest: Uint8Array
}

export type AdminServer = {
  readonly port: number
  /** Stops listening and drops connections. */
  readonly close: () => Promise<void>
}

type Page = { readonly status: number; readonly contentType: string; readonly body: string | Uint8Array }

/** Rejects when the port cannot be had. Port 0 takes a free one. */
export async function startAdminServer(sources: AdminSources, host: string, port: number): Promise<AdminServer> {
  const server = createServer(
    {
      maxHeaderSize: 8 * 1024,
      headersTimeout: 5_000,
      requestTimeout: 5_000,
      keepAliveTimeout: 10_000,
      connectionsCheckingInterval: 2_000,
    },
    (request, response) => answer(sources, request, response),
  )
  server.maxConnections = 100
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request'
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    else socket.destroy()
  })
  await listening(server, host, port)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function answer(sources: AdminSources, request: IncomingMessage, response: ServerResponse): void {
  const { method = '', url = '' } = request
  const page = method === 'GET' || method === 'HEAD' ? pageAt(sources, url) : methodNotAllowed
  const body = Buffer.from(page.body)
  response.writeHead(page.status, {
    'Content-Type': page.contentType,
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    ...(page === methodNotAllowed ? { Allow: 'GET, HEAD' } : {}),
    // A body is never read, so that the connection cannot be used after one.
    ...(hasBody(request) ? { Connection: 'close' } : {}),
  })
  response.end(method === 'HEAD' ? undefined : body)
}

function pageAt(sources: AdminSources, url: string): Page {
  switch (url.split('?', 1)[0]) {
    case '/live':
      return json(200, { status: 'live' })
    case '/ready':
      return sources.readiness.ready
        ? json(200, { status: 'ready', missing: [] })
        : json(503, { status: 'not-ready', missing: sources.readiness.missing })
    case '/metrics':
      return { status: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8', body: sources.metrics() }
    case '/manifest':
      return { status: 200, contentType: 'application/json', body: sources.manifest }
    default:
      return notFound
  }
}

function json(status: number, value: unknown): Page {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` }
}

const notFound: Page = json(404, { status: 'not-found', pages: ['/live', '/ready', '/metrics', '/manifest'] })
const methodNotAllowed: Page = json(405, { status: 'method-not-allowed' })

function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || (request.headers['content-length'] ?? '0') !== '0'
}
