/**
 * The listener for those who run the gateway, on its own port: whether it lives, whether it is ready, what it counted, what it is,
 * which keys it signs with. One
 * request a connection, read by the same strict parser as all others; node:http would load more at start than the whole gateway. It
 * takes no request body and changes nothing.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { requestFields } from '../http1/request-fields.ts'
import { RequestHead } from '../http1/request-head.ts'
import type { Readiness } from './readiness.ts'

export type AdminSources = {
  readonly readiness: Readiness
  /** Numbers of the worker threads that do not turn over. */
  readonly stuck: () => readonly number[]
  /** Prometheus text. */
  readonly metrics: () => string | Promise<string>
  /** The manifest's bytes, as they stand in the bundle. */
  readonly manifest: Uint8Array
  /** The public keys of backend tokens, as JSON; `null` where there are none. */
  readonly keySet: string | null
}

export type AdminServer = {
  readonly port: number
  /** Stops listening and drops connections. */
  readonly close: () => Promise<void>
}

type Page = { readonly status: string; readonly contentType: string; readonly body: string | Uint8Array; readonly fields: string }

const limits = { maxFields: 100, maxHead: 8 * 1024 }
const maximumTarget = 1024

export type AdminBounds = {
  /** Milliseconds for a whole connection: a request and its answer. */
  readonly patience: number
  /** Beyond that the oldest is dropped: nobody who only holds connections keeps the probes out. */
  readonly maximumConnections: number
}

const usual: AdminBounds = { patience: 5_000, maximumConnections: 100 }

/** Rejects when the port cannot be had. Port 0 takes a free one. */
export async function startAdminServer(sources: AdminSources, host: string, port: number, bounds = usual): Promise<AdminServer> {
  const { watched } = requestFields([])
  // In the order in which they came.
  const connections = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket)
    if (connections.size > bounds.maximumConnections) {
      const oldest = connections.values().next().value!
      connections.delete(oldest)
      oldest.destroy()
    }
    const deadline = setTimeout(() => socket.destroy(), bounds.patience)
    socket.on('close', () => {
      clearTimeout(deadline)
      connections.delete(socket)
    })
    socket.on('error', () => socket.destroy())
    serve(socket, new RequestHead(watched, limits), sources)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of connections) socket.destroy()
      }),
  }
}

function serve(socket: Socket, head: RequestHead, sources: AdminSources): void {
  let received = Buffer.alloc(0)
  let answered = false
  socket.on('data', (chunk: Buffer) => {
    // What follows a request is read, so that the client gets the answer and not a reset, and dropped.
    if (answered) return
    received = Buffer.concat([received, chunk])
    const refused = head.read(received, 0)
    if (refused === 'incomplete' && received.length <= 2 * limits.maxHead) return
    answered = true
    answer(refused === undefined && head.target.length <= maximumTarget ? pageFor(head, sources) : badRequest)
  })
  async function answer(awaited: Page | Promise<Page>): Promise<void> {
    const page = await awaited
    if (socket.destroyed) return
    const body = typeof page.body === 'string' ? Buffer.from(page.body) : page.body
    socket.write(
      `HTTP/1.1 ${page.status}\r\nContent-Type: ${page.contentType}\r\nContent-Length: ${body.length}\r\nCache-Control: no-store\r\n${page.fields}Connection: close\r\n\r\n`,
    )
    socket.end(head.method === 'HEAD' ? Buffer.alloc(0) : body)
  }
  socket.on('end', () => {
    if (!answered) socket.destroy()
  })
}

function pageFor({ method, target }: RequestHead, sources: AdminSources): Page | Promise<Page> {
  if (method !== 'GET' && method !== 'HEAD') return methodNotAllowed
  switch (target.split('?', 1)[0]) {
    case '/live':
      return livePage(sources.stuck())
    case '/ready':
      return sources.readiness.ready
        ? json('200 OK', { status: 'ready', missing: [] })
        : json('503 Service Unavailable', { status: 'not-ready', missing: sources.readiness.missing })
    case '/metrics':
      return metricsPage(sources)
    case '/manifest':
      return { status: '200 OK', contentType: 'application/json', body: sources.manifest, fields: '' }
    case '/jwks':
      return sources.keySet === null
        ? notFound
        : { status: '200 OK', contentType: 'application/jwk-set+json', body: sources.keySet, fields: '' }
    default:
      return notFound
  }
}

function livePage(stuck: readonly number[]): Page {
  return stuck.length === 0 ? json('200 OK', { status: 'live' }) : json('503 Service Unavailable', { status: 'not-live', stuck })
}

async function metricsPage({ metrics }: AdminSources): Promise<Page> {
  return { status: '200 OK', contentType: 'text/plain; version=0.0.4; charset=utf-8', body: await metrics(), fields: '' }
}

function json(status: string, value: unknown, fields = ''): Page {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n`, fields }
}

const badRequest: Page = json('400 Bad Request', { status: 'bad-request' })
const notFound: Page = json('404 Not Found', { status: 'not-found', pages: ['/live', '/ready', '/metrics', '/manifest'] })
const methodNotAllowed: Page = json('405 Method Not Allowed', { status: 'method-not-allowed' }, 'Allow: GET, HEAD\r\n')
