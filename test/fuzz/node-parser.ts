/** Node's own strict parser, in a real server: what it makes of a stream of requests. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Field } from '../wire/message.ts'

export type ParsedRequest = {
  readonly method: string
  readonly target: string
  readonly version: string
  readonly fields: readonly Field[]
  body: string
  /** The end of its body has been seen. */
  complete: boolean
}

export type NodeOutcome = {
  readonly requests: readonly ParsedRequest[]
  /** Why Node gave the stream up; null where it ended between two requests. */
  readonly error: string | null
}

export class NodeParser {
  readonly #server: Server
  #requests: ParsedRequest[] = []
  #error: string | null = null

  private constructor() {
    this.#server = createServer({
      insecureHTTPParser: false,
      requireHostHeader: false,
      keepAliveTimeout: 0,
      requestTimeout: 0,
      headersTimeout: 0,
    })
    const take = (request: IncomingMessage, response: ServerResponse): void => this.#take(request, response)
    this.#server.on('request', take)
    this.#server.on('checkContinue', take)
    this.#server.on('checkExpectation', take)
    this.#server.on('connect', (request, socket) => {
      this.#requests.push(parsed(request))
      socket.end()
    })
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      this.#error ??= error.code ?? error.message
      socket.destroy()
    })
  }

  static async start(): Promise<NodeParser> {
    const parser = new NodeParser()
    parser.#server.listen(0, '127.0.0.1')
    await once(parser.#server, 'listening')
    return parser
  }

  /** Sends the stream, ends it, and waits until Node has closed the connection. One at a time. */
  async read(stream: Buffer): Promise<NodeOutcome> {
    this.#requests = []
    this.#error = null
    const socket = connect((this.#server.address() as AddressInfo).port, '127.0.0.1')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    socket.resume()
    socket.end(stream)
    await closed
    return { requests: this.#requests, error: this.#error }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const record = parsed(request)
    this.#requests.push(record)
    request.setEncoding('latin1')
    request.on('data', (text: string) => {
      record.body += text
    })
    request.on('end', () => {
      record.complete = true
      response.end()
    })
    request.on('error', () => {})
  }
}

function parsed(request: IncomingMessage): ParsedRequest {
  const { method = '', url = '', httpVersion, rawHeaders } = request
  const fields: Field[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) fields.push([rawHeaders[index]!, rawHeaders[index + 1]!])
  return { method, target: url, version: httpVersion, fields, body: '', complete: false }
}
