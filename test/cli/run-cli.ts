/** Runs the command line as users do: as a process of its own. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export type CliResult = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export const cliFile = fileURLToPath(new URL('../../bin/postern.js', import.meta.url))

type CliOptions = {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** What comes on stdin; nothing where it is left out. */
  readonly input?: string
}

export async function runCli(args: readonly string[], { cwd, env, input = '' }: CliOptions = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [cliFile, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // A command that does not read its stdin may be gone before this is written.
  child.stdin.on('error', () => {}).end(input)
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}
