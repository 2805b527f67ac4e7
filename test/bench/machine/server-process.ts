import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { atEnd } from './cleanup.ts'
import { pinned, type Role } from './pinning.ts'

export type ServerCommand = {
  readonly command: readonly string[]
  readonly role: Role
  /** Where it will listen on 127.0.0.1. */
  readonly port: number
  /** Its working folder, which also receives its output. */
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>>
  /** `discard`: into /dev/null, for a log that is written for each request. */
  readonly output?: 'file' | 'discard'
}

export type ServerProcess = { readonly pid: number; readonly port: number; readonly stop: () => Promise<void> }

const startTimeout = 15_000
const stopTimeout = 5_000

/** Starts a server and waits until its port accepts connections. Throws with its last output if it ends or takes too long. */
export async function startServer(request: ServerCommand): Promise<ServerProcess> {
  const outputFile = join(request.folder, 'output.log')
  const output = openSync(request.output === 'discard' ? '/dev/null' : outputFile, 'w')
  const [program = '', ...words] = pinned(request.role, request.command)
  const child = spawn(program, words, {
    cwd: request.folder,
    env: { ...process.env, ...request.environment },
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  const stop = atEnd(() => end(child))
  const failed = await waitUntilReady(child, request.port)
  if (failed !== null) {
    await stop()
    const said = request.output === 'discard' ? '' : readFileSync(outputFile, 'utf8').slice(-2000)
    throw new Error(`${request.command.join(' ')}: ${failed}\n${said}`)
  }
  // taskset replaces itself with the server, so this is the server's own id.
  return { pid: child.pid!, port: request.port, stop }
}

async function waitUntilReady(child: ChildProcess, port: number): Promise<string | null> {
  let problem: string | null = null
  child.once('error', (error) => {
    problem = error.message
  })
  for (const deadline = Date.now() + startTimeout; Date.now() < deadline; await delay(10)) {
    if (problem !== null) return problem
    if (hasEnded(child)) return `ended with ${child.exitCode ?? child.signalCode}`
    if (await accepts(port)) return null
  }
  return `did not listen on port ${port} in ${startTimeout / 1000} s`
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return
  const ended = once(child, 'exit')
  const kill = setTimeout(() => child.kill('SIGKILL'), stopTimeout)
  child.kill('SIGTERM')
  await ended
  clearTimeout(kill)
}
