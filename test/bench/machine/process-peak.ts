import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { atEnd } from './cleanup.ts'
import { peakMemory, processTree } from './process-tree.ts'

export type ProcessCost = {
  /** From its start to its end, in milliseconds. */
  readonly milliseconds: number
  /** Bytes: the peaks of the process and all its descendants added up, though they need not have been at the same time. */
  readonly peakMemory: number
}

const pollMilliseconds = 10

/** Runs a command to its end and watches what it costs. Throws with its output if it does not succeed. */
export async function costOf(command: readonly string[]): Promise<ProcessCost> {
  const [program = '', ...words] = command
  const peaks = new Map<number, number>()
  const start = performance.now()
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const forget = atEnd(async () => void child.kill('SIGKILL'))
  // The kernel keeps each process's peak, so only what grows in the last moment before the end is missed.
  const poll = setInterval(() => {
    for (const pid of processTree(child.pid ?? 0)) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakMemory(pid)))
  }, pollMilliseconds)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      output += bytes.toString()
    })
  }
  const exited = once(child, 'exit').then(() => performance.now())
  await once(child, 'close')
  clearInterval(poll)
  await forget()
  if (child.exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${child.exitCode}:\n${output}`)
  return { milliseconds: (await exited) - start, peakMemory: [...peaks.values()].reduce((sum, peak) => sum + peak, 0) }
}
