import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import * as http2 from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSoakedGateway } from '../soak/gateway.ts'
import type { Target } from './run-h2spec.ts'

/** The same kind of connection to the gateway and to a server that is nothing but node:http2. */
export type Pair = { readonly name: string; readonly gateway: Target; readonly bare: Target }

const path = '/any'
const answer = 'ok'

/** Builds a project with a public operation, starts it, its backend and the bare servers. */
export async function startTargets(): Promise<{ readonly pairs: readonly Pair[]; readonly stop: () => Promise<void> }> {
  const undo: (() => unknown)[] = []
  const stop = async () => {
    for (const step of undo.splice(0).toReversed()) await step()
  }
  try {
    const folder = mkdtempSync(join(tmpdir(), 'postern-h2spec-'))
    undo.push(() => rmSync(folder, { recursive: true, force: true }))
    const backend = createServer((request, response) => request.resume().on('end', () => response.end(answer)))
    const backendPort = await listen(backend)
    undo.push(() => backend.close())
    writeProject(folder, backendPort)
    const gateway = await startSoakedGateway(folder, 1)
    undo.push(gateway.stop)
    const [cert, key] = ['certificate.pem', 'key.pem'].map((name) => readFileSync(join(folder, name)))
    const bare = bareServer(http2.createServer())
    const bareTls = bareServer(http2.createSecureServer({ cert, key }))
    const ports = [await listen(bare), await listen(bareTls)] as const
    undo.push(
      () => bare.close(),
      () => bareTls.close(),
    )
    const pair = (name: string, port: number, barePort: number, tls: boolean): Pair => ({
      name,
      gateway: { port, path, tls },
      bare: { port: barePort, path, tls },
    })
    return { pairs: [pair('cleartext', gateway.port, ports[0], false), pair('TLS', gateway.tlsPort, ports[1], true)], stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function bareServer<Kind extends http2.Http2Server | http2.Http2SecureServer>(server: Kind): Kind {
  server.on('stream', (stream: http2.ServerHttp2Stream) => {
    stream.on('error', () => {})
    stream.resume().on('end', () => {
      if (stream.destroyed) return
      stream.respond()
      stream.end(answer)
    })
  })
  server.on('sessionError', () => {})
  return server
}

function writeProject(folder: string, backendPort: number): void {
  const operation = { responses: { default: { description: 'an answer' } } }
  const write = (name: string, value: object) => writeFileSync(join(folder, name), JSON.stringify(value))
  write('postern.yaml', {
    name: 'h2spec',
    version: '1.0.0',
    apis: [{ definition: 'any.json', backend: `http://127.0.0.1:${backendPort}`, security: 'public' }],
    listen: { http: 0, admin: 0 },
  })
  write('any.json', {
    openapi: '3.1.0',
    info: { title: 'Any', version: '1.0.0' },
    paths: { [path]: { get: operation, post: operation, head: operation } },
  })
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
