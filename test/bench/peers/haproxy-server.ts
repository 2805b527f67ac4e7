import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram } from '../machine/programs.ts'
import { type ServerProcess, startServer } from '../machine/server-process.ts'
import type { PeerContext } from './peer.ts'

export const haproxyMissing = async (): Promise<string | null> =>
  findProgram('haproxy') === null ? 'HAProxy is not installed: apt-get install haproxy' : null

/** `rules` stand in the frontend, `sections` after it. */
export async function startHaproxy(context: PeerContext, rules: string, sections: string): Promise<ServerProcess> {
  const file = join(context.folder, 'haproxy.cfg')
  const { tls, http2 } = context.transport
  let words = tls === null && http2 ? 'proto h2' : ''
  if (tls !== null) {
    const both = join(context.folder, 'certificate-and-key.pem')
    await writeFile(both, `${await readFile(tls.certificate, 'utf8')}${await readFile(tls.key, 'utf8')}`)
    words = `ssl crt ${both} alpn ${http2 ? 'h2,http/1.1' : 'http/1.1'}`
  }
  await writeFile(
    file,
    `
global
  nbthread 1
  # It wants two descriptors for each connection in any case, and would not start with fewer.
  no strict-limits
  maxconn ${context.connections + 1000}
defaults
  mode http
  timeout connect 5s
  timeout client 75s
  timeout server 60s
frontend clients
  bind 127.0.0.1:${context.port} backlog 4096 ${words}
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
