/** The backend that does what it is asked for, on node:http. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { WebSocketServer } from 'ws'
import { pieces } from './payload.ts'

export type RunningBackend = { readonly url: string; readonly close: () => void }

/** Events of one answer of `/events`. */
export const eventCount = 10

const eventMilliseconds = 40

export async function startSteadyBackend(): Promise<RunningBackend> {
  // The gateway lets a connection go before it does, also when both are kept waiting: one that is closed under an upload is a 502.
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    response.on('error', () => {})
    // A client that goes away in the middle is a part of the traffic.
    serve(request, response).catch(() => response.destroy())
  })
  answerSockets(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

/** `/socket`: every message comes back. */
function answerSockets(server: Server): void {
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('message', (message, binary) => socket.send(message as Buffer, { binary }))
  })
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, kind, word = ''] = (request.url ?? '').split('?')[0]?.split('/') ?? []
  response.setHeader('X-Seen-Request-Id', request.headers['x-request-id'] ?? '')
  switch (kind) {
    case 'echo':
    case 'limited':
      response.end(JSON.stringify({ id: word, method: request.method, authorization: request.headers.authorization ?? null }))
      return
    case 'digest': {
      const hash = createHash('sha256')
      for await (const piece of request) hash.update(piece as Buffer)
      response.end(hash.digest('hex'))
      return
    }
    case 'bytes':
      response.setHeader('Content-Length', word)
      await send(response, Number(word))
      return
    case 'chunks':
      await send(response, Number(word))
      return
    default:
      await sendEvents(response, word)
  }
}

function send(response: ServerResponse, bytes: number): Promise<void> {
  return pipeline(Readable.from(pieces(bytes)), response)
}

async function sendEvents(response: ServerResponse, id: string): Promise<void> {
  response.setHeader('Content-Type', 'text/event-stream')
  for (let number = 0; number < eventCount && !response.destroyed; number++) {
    response.write(`data: ${id} ${number}\n\n`)
    await new Promise((resolve) => setTimeout(resolve, eventMilliseconds))
  }
  response.end()
}
