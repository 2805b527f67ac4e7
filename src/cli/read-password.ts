/** A password from the terminal, which shows nothing of it, or the first line of stdin. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { UsageError } from './failures.ts'

/** Characters. */
const longest = 512

/** Throws a UsageError where there is none. */
export async function readPassword(prompt: (text: string) => void): Promise<string> {
  const { isTTY } = process.stdin
  if (isTTY) prompt('Password (it is not shown):')
  const password = await firstLine(isTTY)
  if (password === '' || password.length > longest || /\p{Cc}/u.test(password))
    throw new UsageError(
      `A password has 1 to ${longest} characters, none of which is a control character.`,
      'Give it on stdin, as one line.',
    )
  return password
}

/** In a terminal readline echoes what is typed to its output, which is nowhere here. */
function firstLine(terminal: boolean): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal })
  return new Promise((resolve) => {
    let first = ''
    lines.once('line', (line) => {
      first = line
      lines.close()
    })
    lines.once('close', () => {
      process.stdin.destroy()
      resolve(first)
    })
  })
}
