import { fileURLToPath } from 'node:url'
import { freePort } from '../wire/free-port.ts'
import type { BenchRun } from './bench-run.ts'
import { makeIdentity, mintToken } from './fixture/identity.ts'
import { startServer } from './machine/server-process.ts'
import { temporaryFolder } from './machine/temporary-folder.ts'
import type { BenchOptions } from './options.ts'
import type { Peer } from './peers/peer.ts'

const backendProgram = fileURLToPath(new URL('./fixture/backend.ts', import.meta.url))

/** Starts the backend and makes the token that all share. */
export async function prepareRun(options: BenchOptions, peers: readonly Peer[]): Promise<BenchRun> {
  const identity = makeIdentity()
  const [token, folder, port] = await Promise.all([mintToken(identity, 'known'), temporaryFolder(), freePort()])
  await startServer({ command: [process.execPath, backendProgram, String(port)], role: 'surroundings', port, folder })
  const progress = (text: string) => process.stderr.write(`${text}\n`)
  return { options, identity, token, backendPort: port, peers, progress }
}
