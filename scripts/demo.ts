/**
 * `npm run demo`: builds the sample petstore, starts its backend and the gateway, makes real requests and shows what came back. Then
 * it goes on serving, or ends where `--once` is given. It uses the command line as a user would, and fails if an answer is not the
 * one that the sample promises.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..')
const sample = join(root, 'samples', 'petstore')
const base = '/petstore/v1'
const stayOpen = !process.argv.includes('--once')
const run = promisify(execFile)

const project = mkdtempSync(join(tmpdir(), 'postern-demo-'))
const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill()
  rmSync(project, { recursive: true, force: true })
})

console.log('Building samples/petstore …')
cpSync(sample, project, { recursive: true, filter: (source) => !source.endsWith('dist') })
const trusted = makeKey('demo-1', join(project, 'demo.pem'))
makeKey('demo-1', join(project, 'stranger.pem'))
writeFileSync(join(project, 'keys', 'idp.jwks.json'), JSON.stringify({ keys: [trusted.jwk] }))
await postern('build', project)

const backendPort = await freePort()
let backend = await startBackend(backendPort)
const gateway = start(process.execPath, [join(project, 'dist', 'gateway.mjs')], {
  POSTERN_HOST: '127.0.0.1',
  POSTERN_HTTP_PORT: process.env.POSTERN_HTTP_PORT ?? '0',
  POSTERN_ADMIN_PORT: process.env.POSTERN_ADMIN_PORT ?? '0',
  POSTERN_LOG_LEVEL: 'warn',
  PETSTORE_URL: `http://127.0.0.1:${backendPort}/v2`,
})
const listening = await listeningLine(gateway)
console.log(
  `The gateway listens on http://127.0.0.1:${listening.http}, its admin pages on http://127.0.0.1:${listening.admin} (${listening.digest}).\n`,
)

const reader = await token('demo.pem', 'read:pets')
const writer = await token('demo.pem', 'read:pets write:pets')
const forged = await token('stranger.pem', 'read:pets')

const rows: string[][] = [['expected', 'got', 'request', 'what it shows']]
let wrong = 0
await show(200, 'GET', '/health', null, 'public operation')
await show(200, 'GET', '/pets', reader, 'good token with the scope')
await show(201, 'POST', '/pets', writer, 'a body goes through', { name: 'Grace', status: 'available' })
await show(401, 'GET', '/pets', null, 'no token')
await show(401, 'GET', '/pets', forged, 'a token that somebody else signed')
await show(403, 'DELETE', '/pets/2', writer, 'a token without the scope `admin`')
await show(404, 'GET', '/owners', reader, 'no such path in the definition')
await show(405, 'PUT', '/pets', reader, 'the path exists, the method does not')
for (let count = 1; count <= 5; count++) await answer('GET', '/pets/1/photo', reader)
await show(429, 'GET', '/pets/1/photo', reader, 'the sixth photo within a minute')
backend.kill()
await once(backend, 'exit')
await show(502, 'GET', '/pets', reader, 'the backend is gone')

const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
for (const row of rows) console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`)

if (wrong > 0) {
  console.error(`\n${wrong} answers were not the expected ones.`)
  process.exit(1)
}
if (!stayOpen) {
  gateway.kill('SIGTERM')
  await once(gateway, 'exit')
  process.exit(0)
}
backend = await startBackend(backendPort)
console.log(`
The backend is back, and the gateway goes on serving. Try:

  curl -i -H "Authorization: Bearer ${reader}" http://127.0.0.1:${listening.http}${base}/pets

Metrics: http://127.0.0.1:${listening.admin}/metrics · what protects each operation: http://127.0.0.1:${listening.admin}/manifest
Ctrl-C ends it.`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0))
await once(gateway, 'exit')
process.exit(1)

function makeKey(kid: string, file: string): { readonly jwk: Record<string, unknown> } {
  const { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  return { jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' } }
}

async function postern(...parameters: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, 'bin', 'postern.js'), ...parameters])
  return stdout.trim()
}

function token(key: string, scope: string): Promise<string> {
  return postern('token', project, '--key', join(project, key), '--scope', scope, '--client', 'demo')
}

function start(command: string, parameters: readonly string[], environment: Record<string, string>): ChildProcess {
  const child = spawn(command, parameters, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

async function startBackend(port: number): Promise<ChildProcess> {
  const child = start(process.execPath, [join(sample, 'backend.mjs')], { PORT: String(port) })
  await once(createInterface(child.stdout!), 'line')
  return child
}

async function listeningLine(child: ChildProcess): Promise<{ http: number; admin: number; digest: string }> {
  for await (const line of createInterface(child.stdout!)) {
    const entry = JSON.parse(line)
    if (entry.event === 'listening') {
      child.stdout!.resume()
      return entry
    }
  }
  throw new Error('the gateway did not start')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function answer(method: string, path: string, bearer: string | null, body?: unknown): Promise<number> {
  const headers: Record<string, string> = bearer === null ? {} : { Authorization: `Bearer ${bearer}` }
  const content = body === undefined ? {} : { body: JSON.stringify(body) }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  const response = await fetch(`http://127.0.0.1:${listening.http}${base}${path}`, { method, headers, ...content })
  await response.arrayBuffer()
  return response.status
}

async function show(expected: number, method: string, path: string, bearer: string | null, shows: string, body?: unknown): Promise<void> {
  const status = await answer(method, path, bearer, body)
  if (status !== expected) wrong++
  rows.push([String(expected), String(status), `${method} ${base}${path}`, shows])
}
