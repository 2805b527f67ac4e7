import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Transport } from '../fixture/transport.ts'
import { atEnd } from '../machine/cleanup.ts'
import { pinned } from '../machine/pinning.ts'

export type IdleLoad = { readonly path: string; readonly token: string; readonly count: number; readonly transport: Transport }

const client = fileURLToPath(new URL('./idle-client.ts', import.meta.url))

/** Opens the connections, each with one request answered; the returned function closes them. Throws if one does not come about. */
export async function holdConnections(port: number, { path, token, count, transport }: IdleLoad): Promise<() => Promise<void>> {
  const kind = [transport.tls === null ? 'cleartext' : 'tls', transport.http2 ? '2' : '1']
  const command = [process.execPath, client, String(port), String(count), ...kind]
  const [program = '', ...words] = pinned('surroundings', command)
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] })
  const end = atEnd(async () => {
    if (child.exitCode !== null) return
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
  })
  child.stdin.write(JSON.stringify({ path, token }))
  const ended = once(child, 'exit').then(([status]) => {
    throw new Error(`the idle client ended with ${status}`)
  })
  ended.catch(() => {})
  await Promise.race([once(child.stdout, 'data'), ended])
  return end
}
