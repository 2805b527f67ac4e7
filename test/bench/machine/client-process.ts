import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { atEnd } from './cleanup.ts'
import { pinned } from './pinning.ts'

export type ClientCommand = {
  readonly command: readonly string[]
  readonly input?: string
  /** Once this stands in what it writes to stderr, it is asked to finish at once, with SIGINT. */
  readonly finishAt?: string
}

/** Runs a program beside the proxy, to its end, and returns what it wrote on both streams. Throws if it does not succeed. */
export async function runClient(request: ClientCommand): Promise<string> {
  const [program = '', ...words] = pinned('surroundings', request.command)
  const child = spawn(program, words)
  const forget = atEnd(async () => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString()
  })
  child.stderr.on('data', (bytes: Buffer) => {
    output += bytes.toString()
    if (request.finishAt !== undefined && bytes.includes(request.finishAt)) child.kill('SIGINT')
  })
  child.stdin.end(request.input)
  const [status] = await once(child, 'close')
  await forget()
  if (status !== 0) throw new Error(`${request.command[0]} failed:\n${output}`)
  return output
}
