import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { basePath, requiredScope } from '../fixture/api.ts'
import { benchOperations } from '../fixture/definition.ts'
import { findProgram } from '../machine/programs.ts'
import { startServer } from '../machine/server-process.ts'
import type { Peer, PeerContext } from './peer.ts'

export const krakend: Peer = {
  name: 'krakend',
  about: 'auth/validator with a local key, qos/ratelimit/router, no-op encoding',
  policies: true,
  whyMissing: async () =>
    findProgram('krakend') === null
      ? 'krakend is not on PATH: build it from its Go module, github.com/krakend/krakend-ce/v2/cmd/krakend-ce'
      : null,
  start: async (context) => {
    const keys = join(context.folder, 'idp.jwks.json')
    const file = join(context.folder, 'krakend.json')
    await writeFile(keys, JSON.stringify(context.identity.keySet))
    await writeFile(file, JSON.stringify(configuration(context, keys)))
    return startServer({
      command: [findProgram('krakend') ?? 'krakend', 'run', '-c', file],
      role: 'proxy',
      port: context.port,
      folder: context.folder,
      // One core means one thread for Go too.
      environment: { GOMAXPROCS: '1', USAGE_DISABLE: '1' },
    })
  },
}

function configuration({ port, backendPort, identity, keepAlive }: PeerContext, keys: string): object {
  const endpoint = (method: string, path: string): object => ({
    endpoint: `${basePath}${path}`,
    method,
    output_encoding: 'no-op',
    input_headers: ['*'],
    backend: [{ host: [`http://127.0.0.1:${backendPort}`], url_pattern: `${basePath}${path}`, encoding: 'no-op' }],
    extra_config: {
      'auth/validator': {
        alg: 'RS256',
        audience: [identity.audience],
        issuer: identity.issuer,
        jwk_local_path: keys,
        disable_jwk_security: true,
        scopes: [requiredScope],
        scopes_key: 'scope',
        scopes_matcher: 'all',
      },
      'qos/ratelimit/router': { client_max_rate: 1_000_000, strategy: 'header', key: 'Authorization' },
    },
  })
  return {
    version: 3,
    port,
    listen_ip: '127.0.0.1',
    timeout: '60s',
    max_idle_connections_per_host: keepAlive,
    extra_config: { 'telemetry/logging': { level: 'ERROR', stdout: true }, router: { disable_access_log: true } },
    endpoints: benchOperations.map(({ method, path }) => endpoint(method.toUpperCase(), path)),
  }
}
