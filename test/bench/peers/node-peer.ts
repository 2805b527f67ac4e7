import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServer } from '../machine/server-process.ts'
import { packagesMissing } from './packages.ts'
import type { Peer } from './peer.ts'

/** What the programs of peers that run on Node read from the file that is their only argument. */
export type NodePeerSettings = {
  readonly port: number
  readonly backendPort: number
  readonly connections: number
  readonly issuer: string
  readonly audience: string
  readonly publicKey: string
}

/** A peer that is a program of this folder. */
export function nodePeer(name: string, about: string, program: string): Peer {
  return {
    name,
    about,
    policies: true,
    whyMissing: packagesMissing,
    start: async ({ folder, port, backendPort, identity, keepAlive }) => {
      const { issuer, audience, publicKey } = identity
      const settings: NodePeerSettings = { port, backendPort, connections: keepAlive, issuer, audience, publicKey }
      const file = join(folder, 'settings.json')
      await writeFile(file, JSON.stringify(settings))
      const command = [process.execPath, fileURLToPath(new URL(program, import.meta.url)), file]
      return startServer({ command, role: 'proxy', port, folder })
    },
  }
}
