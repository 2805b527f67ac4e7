import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Ends a server, at once or in order, if it has not ended already; resolves when it is gone. */
export async function killed(child: ChildProcess | null, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}
