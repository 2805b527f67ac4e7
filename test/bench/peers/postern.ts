import { existsSync } from 'node:fs'
import { benchOperations, definitionOf } from '../fixture/definition.ts'
import { buildPosternProject, posternCommand, writePosternProject } from '../fixture/postern-project.ts'
import type { Role } from '../machine/pinning.ts'
import { startServer } from '../machine/server-process.ts'
import type { Peer } from './peer.ts'

type PosternOptions = {
  readonly name: string
  readonly about: string
  readonly logLevel: 'warn' | 'info'
  readonly operations: typeof benchOperations
  readonly workers?: number
  readonly role?: Role
  /** Further keys of postern.yaml, and further settings. */
  readonly project?: Readonly<Record<string, unknown>>
  readonly environment?: Readonly<Record<string, string>>
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[]
}

/** A gateway that is built from the bench API's definition when it is started. */
export function posternPeer(options: PosternOptions): Peer {
  const { name, about, logLevel, operations, workers = 1, role = 'proxy', project = {}, environment = {}, nodeOptions = [] } = options
  return {
    name,
    about,
    policies: true,
    whyMissing: async () => (existsSync(posternCommand) ? null : 'bin/postern.js is missing'),
    start: async ({ folder, port, backendPort, identity, transport: { tls } }) => {
      await writePosternProject(folder, definitionOf(operations, identity.issuer), identity, backendPort, project)
      const gateway = await buildPosternProject(folder)
      return startServer({
        command: [process.execPath, ...nodeOptions, gateway],
        role,
        port,
        folder,
        environment: {
          POSTERN_HOST: '127.0.0.1',
          ...(tls === null
            ? { POSTERN_HTTP_PORT: String(port) }
            : { POSTERN_HTTP_PORT: '0', POSTERN_HTTPS_PORT: String(port), POSTERN_TLS_CERT: tls.certificate, POSTERN_TLS_KEY: tls.key }),
          ...(workers === 1 ? {} : { POSTERN_WORKERS: String(workers) }),
          POSTERN_ADMIN_PORT: '0',
          POSTERN_LOG_LEVEL: logLevel,
          ...environment,
        },
        output: logLevel === 'info' ? 'discard' : 'file',
      })
    },
  }
}

export const postern = posternPeer({
  name: 'postern',
  about: 'token verified and cached, scope, tier; log level warn',
  logLevel: 'warn',
  operations: benchOperations,
})

export const posternLogging = posternPeer({
  name: 'postern-log',
  about: 'the same with its access log, into /dev/null',
  logLevel: 'info',
  operations: benchOperations,
})
