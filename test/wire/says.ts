import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Whether a server writes a line with these words to its stdout, before it ends. What it writes later is thrown away. */
export async function says(child: ChildProcess, words: string): Promise<boolean> {
  for await (const line of createInterface(child.stdout!)) {
    if (!line.includes(words)) continue
    child.stdout!.resume()
    return true
  }
  return false
}
