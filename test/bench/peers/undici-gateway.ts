/** A peer: node:http in front, undici's dispatch behind, the same policies as Postern. `node undici-gateway.ts <settings file>` */
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { judge, readSettings, tokenVerifier } from './node-peer-policies.ts'
import { requirePackage } from './packages.ts'

type Controller = { abort(reason: Error): void; pause(): void; resume(): void }
type Pool = {
  dispatch(
    request: { path: string; method: string; headers: string[]; body: IncomingMessage | null },
    handler: {
      onRequestStart(controller: Controller): void
      onResponseStart(controller: Controller, status: number, headers: OutgoingHttpHeaders): void
      onResponseData(controller: Controller, bytes: Buffer): void
      onResponseEnd(): void
      onResponseError(controller: Controller, error: Error): void
    },
  ): void
}

const settings = readSettings()
const verifyToken = tokenVerifier(settings)
// The package is not there when types are checked; these are the parts of its interface that are used.
const { Pool: UndiciPool } = requirePackage('undici') as { Pool: new (origin: string, options: object) => Pool }
const pool = new UndiciPool(`http://127.0.0.1:${settings.backendPort}`, { connections: settings.connections, pipelining: 1 })

const notForwarded = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'authorization',
])

function requestFields(request: IncomingMessage): string[] {
  const fields: string[] = []
  const raw = request.rawHeaders
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? ''
    if (!notForwarded.has(name.toLowerCase())) fields.push(name, raw[index + 1] ?? '')
  }
  return fields
}

function forward(request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url: path = '/' } = request
  const body = method === 'GET' ? null : request
  pool.dispatch(
    { path, method, headers: requestFields(request), body },
    {
      onRequestStart: (controller) => {
        response.on('close', () => {
          if (!response.writableFinished) controller.abort(new Error('the client has gone'))
        })
      },
      onResponseStart: (_, status, headers) => {
        delete headers.connection
        delete headers['keep-alive']
        delete headers['transfer-encoding']
        response.writeHead(status, headers)
      },
      onResponseData: (controller, bytes) => {
        if (response.write(bytes)) return
        controller.pause()
        response.once('drain', () => controller.resume())
      },
      onResponseEnd: () => response.end(),
      onResponseError: () => {
        if (response.headersSent) response.destroy()
        else response.writeHead(502).end()
      },
    },
  )
}

const server = createServer((request, response) => {
  const field = request.headers.authorization ?? ''
  const refusal = judge(field.startsWith('Bearer ') ? verifyToken(field.slice(7)) : null)
  if (refusal === 0) forward(request, response)
  else response.writeHead(refusal).end()
})
server.listen({ port: settings.port, host: '127.0.0.1', backlog: 4096 })
