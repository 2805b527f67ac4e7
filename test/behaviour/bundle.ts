/** Builds the project and runs the bundle as it is run in production: a process of its own, told to end by a signal. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile } from '../../src/compiler/compile.ts'
import { writeBundle } from '../../src/compiler/package/write-bundle.ts'
import { entrypoint } from '../../src/image/entrypoint.ts'
import { spawnOwned } from '../owned-process.ts'
import { LogLines } from '../wire/log-lines.ts'
import { type Environment, loopback, type Start } from './running-gateway.ts'

/** Resolves with the bundle's folder. */
export async function buildBundle(projectFolder: string): Promise<string> {
  const compiled = await compile({ projectFolder, now: new Date() })
  assert.ok(compiled.kind === 'compiled')
  const folder = join(projectFolder, 'dist')
  await writeBundle(folder, compiled.files)
  return folder
}

/** `node gateway.mjs` with the flags of an image, and with nothing of this process's environment. */
export function spawnGateway(bundle: string, environment: Environment): ChildProcess {
  const allowed = { read: [tmpdir()], write: [tmpdir()], workers: true }
  const [, ...flags] = entrypoint(process.execPath, Number.parseInt(process.versions.node, 10), allowed).slice(0, -1)
  return spawnOwned(process.execPath, [...flags, join(bundle, 'gateway.mjs')], {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

export const startBundle: Start = async ({ folder }, environment) => {
  const child = spawnGateway(await buildBundle(folder), { ...loopback, ...environment })
  const log = new LogLines()
  let stderr = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => log.add(text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const closed = once(child, 'close')
  const early = closed.then(([code]) => {
    throw new Error(`the gateway ended with ${code} before it listened: ${stderr}`)
  })
  const { http, admin } = await Promise.race([log.find(({ event }) => event === 'listening'), early])
  early.catch(() => {})
  const stop = async (): Promise<number> => {
    if (child.exitCode === null) child.kill('SIGTERM')
    const [code, signal] = await closed
    assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' })
    return Number((await log.find(({ event }) => event === 'stopped')).cut)
  }
  return { port: Number(http), adminPort: Number(admin), log, stop }
}
