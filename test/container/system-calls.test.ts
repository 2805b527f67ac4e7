/** What a gateway asks of the system: strace sees which files it opens and where it connects to, next to a Node that does nothing. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { entrypoint } from '../../src/image/entrypoint.ts'
import { loopback } from '../behaviour/running-gateway.ts'
import { LogLines } from '../wire/log-lines.ts'
import { petstoreBundle } from './petstore-image.ts'

/** Also where a sandbox allows no tracing. */
const skip = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0 ? false : 'strace is not installed, or may not trace'
const folder = mkdtempSync(join(tmpdir(), 'postern-strace-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** What every server does with Node: dates, memory, processors, a delay of the event loop, a connection. */
const nothing = `
import { connect, createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
monitorEventLoopDelay().enable()
new Date().toString(); process.memoryUsage(); process.cpuUsage(); availableParallelism()
const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1', () => {
  connect(server.address().port, '127.0.0.1').on('close', () => process.exit()).resume()
})`

/** What the kernel tells of itself and the system of time zones: Node asks for it when it needs it, here or there. */
const told = /^\/(?:proc|sys)\/|^\/etc\/localtime$|^\/usr\/share\/zoneinfo\//

/** The flags of an image, with the bundle's folder in the place of the image's. */
function traced(file: string, script: string, environment: Readonly<Record<string, string>>): ChildProcess {
  const flags = entrypoint(process.execPath, Number.parseInt(process.versions.node, 10), { read: [], write: [], workers: false })
  const [program = '', ...rest] = flags.slice(0, -1).map((flag) => flag.replace('=/gateway/', `=${join(script, '..')}/`))
  const calls = 'trace=open,openat,openat2,creat,connect,execve'
  return spawn('strace', ['-f', '-qq', '-s', '4096', '-e', calls, '-o', file, program, ...rest, script], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

type Calls = { readonly opened: ReadonlySet<string>; readonly connected: ReadonlySet<string>; readonly programs: number }

function callsIn(file: string): Calls {
  const lines = readFileSync(file, 'utf8').split('\n')
  const opened = lines.flatMap((line) => /\b(?:open|openat|openat2|creat)\((?:AT_FDCWD, )?"([^"]*)"/.exec(line)?.[1] ?? [])
  const connected = lines.flatMap((line) => /\bconnect\(\d+, (\{.*?\})/.exec(line)?.[1] ?? [])
  return { opened: new Set(opened), connected: new Set(connected), programs: lines.filter((line) => /\bexecve\(/.test(line)).length }
}

it('a gateway opens nothing but its bundle beyond what Node does, connects to its backend alone, and starts no program', {
  skip,
}, async () => {
  const idle = join(folder, 'idle')
  mkdirSync(idle)
  writeFileSync(join(idle, 'nothing.mjs'), nothing)
  const bundle = await petstoreBundle(folder)
  const node = traced(join(folder, 'node.txt'), join(idle, 'nothing.mjs'), {})
  const [code] = await once(node, 'close')
  assert.equal(code, 0)

  const backend = createServer((_, answer) => answer.end('fine')).listen(0, '127.0.0.1')
  await once(backend, 'listening')
  const { port } = backend.address() as AddressInfo
  const gateway = traced(join(folder, 'gateway.txt'), join(bundle, 'gateway.mjs'), {
    ...loopback,
    PETSTORE_URL: `http://127.0.0.1:${port}/v2`,
  })
  const log = new LogLines()
  let stderr = ''
  gateway.stdout!.setEncoding('utf8').on('data', (piece: string) => log.add(piece))
  gateway.stderr!.setEncoding('utf8').on('data', (piece: string) => {
    stderr += piece
  })
  const ended = once(gateway, 'close')
  const early = ended.then(() => assert.fail(stderr))
  const { http, admin } = await Promise.race([log.find(({ event }) => event === 'listening'), early])
  early.catch(() => {})
  for (const [url, status] of [
    [`http://127.0.0.1:${http}/petstore/v1/health`, 200],
    [`http://127.0.0.1:${http}/petstore/v1/pets`, 401],
    [`http://127.0.0.1:${admin}/metrics`, 200],
    [`http://127.0.0.1:${admin}/ready`, 200],
  ] as const) {
    const answer = await fetch(url)
    await answer.arrayBuffer()
    assert.equal(answer.status, status, url)
  }
  const pid = /^\d+/.exec(readFileSync(join(folder, 'gateway.txt'), 'utf8'))?.[0]
  process.kill(Number(pid), 'SIGTERM')
  assert.deepEqual(await ended, [0, null])
  backend.close()
  backend.closeAllConnections()

  const usual = callsIn(join(folder, 'node.txt'))
  const calls = callsIn(join(folder, 'gateway.txt'))
  const opened = [...calls.opened].filter((path) => !usual.opened.has(path) && !told.test(path))
  assert.deepEqual(
    opened.toSorted(),
    [
      'Dockerfile',
      'SHA256SUMS',
      'gateway.mjs',
      'manifest.json',
      'provenance.json',
      // Is looked for: nobody has signed this one.
      'provenance.sigstore.json',
      'sbom.cdx.json',
    ].map((name) => join(bundle, name)),
  )
  assert.deepEqual([...calls.connected], [`{sa_family=AF_INET, sin_port=htons(${port}), sin_addr=inet_addr("127.0.0.1")}`])
  assert.equal(calls.programs, 1)
})
