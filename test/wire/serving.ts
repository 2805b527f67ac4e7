import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { until } from './until.ts'

/** Resolves when a server that was started takes connections; rejects where it has ended instead. */
export async function serving(child: ChildProcess, port: number, name: string): Promise<void> {
  await until(async () => child.exitCode !== null || (await isOpen(port)), `${name} does not start`)
  if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`)
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
