import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram } from '../machine/programs.ts'
import { type ServerProcess, startServer } from '../machine/server-process.ts'
import type { PeerContext } from './peer.ts'

export const haproxyMissing = async (): Promise<string | null> =>
  findProgram('haproxy') === null ? 'HAProxy is not installed: apt-get install haproxy' : null

/** `rules` stand in the frontend, `sections` after it. */
export async function startHaproxy(context: PeerContext, rules: string, sections: string): Promise<ServerProcess> {
  const file = join(context.folder, 'haproxy.cfg')
  await writeFile(
    file,
    `
global
  nbthread 1
  maxconn 8192
defaults
  mode http
  timeout connect 5s
  timeout client 75s
  timeout server 60s
frontend clients
  bind 127.0.0.1:${context.port} backlog 4096
  ${rules}
  default_backend origin
backend origin
  http-reuse always
  server one 127.0.0.1:${context.backendPort}
${sections}
`,
  )
  const command = [findProgram('haproxy') ?? 'haproxy', '-db', '-f', file]
  return startServer({ command, role: 'proxy', port: context.port, folder: context.folder })
}
