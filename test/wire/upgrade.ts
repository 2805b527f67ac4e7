/** Both ends of a switch of protocols, as bytes. */
import { createHash } from 'node:crypto'
import type { Backend, BackendRequest } from './backend.ts'
import { RawConnection } from './raw-connection.ts'
import { requestText } from './request-text.ts'

export const key = 'dGhlIHNhbXBsZSBub25jZQ=='

export const webSocketFields: readonly string[] = [
  'Connection: keep-alive, Upgrade',
  'Upgrade: websocket',
  `Sec-WebSocket-Key: ${key}`,
  'Sec-WebSocket-Version: 13',
]

/** A correct request, or one with other fields. */
export function upgradeText(target: string, further: readonly string[] = [], fields: readonly string[] = webSocketFields): string {
  return requestText('GET', target, [...fields, ...further])
}

export function acceptOf(nonce: string): string {
  return createHash('sha1').update(`${nonce}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/** The head of the correct answer to a request. */
export function switching(request: BackendRequest, further: readonly string[] = []): string {
  const accept = acceptOf(request.field('Sec-WebSocket-Key') ?? '')
  return `HTTP/1.1 ${['101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`, ...further].join('\r\n')}\r\n\r\n`
}

/** The backend's next request is answered by `head`, and what follows on its connection is no longer HTTP. */
export function nextSwitch(backend: Backend, head: (request: BackendRequest) => string = switching): Promise<Switched> {
  return new Promise((resolve) => {
    backend.once((request) => {
      request.socket.removeAllListeners('data')
      request.socket.removeAllListeners('end')
      const connection = new RawConnection(request.socket)
      connection.send(head(request))
      resolve({ request, connection })
    })
  })
}

export type Switched = { readonly request: BackendRequest; readonly connection: RawConnection }

export type OpenTunnel = {
  readonly client: RawConnection
  readonly backend: RawConnection
  readonly request: BackendRequest
  readonly head: string
}

/** A tunnel through the gateway at `port`, with its two ends. */
export async function openTunnel(
  port: number,
  backend: Backend,
  text: string,
  head: (request: BackendRequest) => string = switching,
): Promise<OpenTunnel> {
  const next = nextSwitch(backend, head)
  const client = await RawConnection.connect(port)
  client.send(text)
  const { request, connection } = await next
  return { client, backend: connection, request, head: await client.head() }
}
