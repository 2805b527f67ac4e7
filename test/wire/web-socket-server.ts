/** A real WebSocket server behind the gateway: it echoes each message, and keeps what its clients asked for. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Issued } from './authority.ts'

export class ChatServer {
  readonly requests: IncomingMessage[] = []
  /** Refuses each request with this status instead of switching; 0 for none. */
  refusal: number = 0
  readonly #server: Server
  readonly #secure: boolean
  readonly #sockets: WebSocketServer

  private constructor(server: Server, secure: boolean) {
    this.#server = server
    this.#secure = secure
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: { threshold: 0 },
      handleProtocols: (offered) => (offered.has('chat') ? 'chat' : false),
    })
    server.on('upgrade', (request, socket, head) => {
      this.requests.push(request)
      if (this.refusal > 0) {
        socket.end(`HTTP/1.1 ${this.refusal} Refused\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno`)
      } else this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#serve(webSocket))
    })
  }

  /** Over TLS where it has a certificate. */
  static async start(identity: Issued | null = null): Promise<ChatServer> {
    const server = identity === null ? createServer() : createSecureServer(identity)
    const chat = new ChatServer(server, identity !== null)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return chat
  }

  get url(): string {
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Those that are open. */
  get clients(): ReadonlySet<WebSocket> {
    return this.#sockets.clients
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    for (const client of this.clients) client.terminate()
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  #serve(webSocket: WebSocket): void {
    webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }))
    webSocket.on('error', () => {})
  }
}
