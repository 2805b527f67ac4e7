/** Ports, and bounds on what clients may send. */
import type { Json } from '../../compiler/plan/canonical.ts'
import type { Configuration } from './configuration.ts'
import type { Imported } from './imported.ts'
import { certificatesExport, keyExport, keyStoresOf } from './key-stores.ts'

/** WSO2's ports, where its configuration says nothing. */
const defaults = { http: 9090, https: 9095, admin: 9797 }

export function importListeners(conf: Configuration, { project }: Imported): void {
  const listener = (key: string): string => `listenerConfig.${key}`
  const http = conf.number(listener('httpPort')) ?? defaults.http
  const admin = conf.number('b7a.observability.metrics.prometheus.port') ?? defaults.admin
  project.listen = { http, admin }
  conf.carried('`listen.http`', listener('httpPort'))
  const stores = keyStoresOf(conf)
  conf.differs(
    `TLS is on where POSTERN_TLS_CERT and POSTERN_TLS_KEY name PEM files; POSTERN_HTTPS_PORT=${conf.number(listener('httpsPort')) ?? defaults.https} at start. One file with both, out of the key store: ${keyExport(stores.keys, 'ballerina', 'tls.pem')}`,
    listener('httpsPort'),
    listener('keyStorePath'),
    listener('keyStorePassword'),
  )
  conf.differs('POSTERN_HOST at start', listener('host'))
  conf.differs(
    `Node’s authorities, or \`authorities\` of a backend and of \`clientCertificates\`, as PEM: ${certificatesExport(stores.trusted, 'keys/authorities.pem')}`,
    listener('trustStorePath'),
    listener('trustStorePassword'),
  )
  conf.unsupported('the token endpoints have no port of their own: `issuers[].passThrough`', listener('tokenListenerPort'))
  conf.differs('connections are kept as HTTP/1.1 says; `timeouts.keepAlive` bounds them', listener('keepAlive'))
  conf.differs(
    'pipelined requests are served one after the other, without a bound on how many wait in the client’s own buffers',
    listener('maxPipelinedRequests'),
  )
  const limits: Record<string, Json> = {}
  carryLimit(conf, listener('maxUriLength'), 'maxTarget', limits, [256, 65_536])
  carryLimit(conf, listener('maxHeaderSize'), 'maxHead', limits, [1024, 1_048_576])
  carryLimit(conf, listener('maxEntityBodySize'), 'maxBody', limits, [0, 100 * 1024 ** 3])
  if (Object.keys(limits).length > 0) project.limits = limits
  const timeout = conf.number(listener('timeout'))
  if (timeout !== null && timeout >= 100 && timeout <= 86_400_000) {
    project.timeouts = { exchange: `${timeout}ms` }
    conf.carried('`timeouts.exchange`', listener('timeout'))
  }
  conf.differs(
    '`GET /metrics` on `listen.admin`, without a password: keep that port inside',
    'b7a.observability.metrics.enabled',
    'b7a.observability.metrics.enableAuth',
  )
  conf.carried('`listen.admin`', 'b7a.observability.metrics.prometheus.port')
  conf.differs('POSTERN_LOG_LEVEL at start', 'b7a.log.level')
  conf.rest('differs', 'b7a.http.accesslog', 'one line of JSON a request on stdout, always')
  conf.rest('not-supported', 'b7a.observability.tracing', 'spans are not made; `X-Request-Id` and `traceparent` go on to the backend')
}

function carryLimit(
  conf: Configuration,
  path: string,
  key: string,
  limits: Record<string, Json>,
  [least, most]: readonly [number, number],
): void {
  const bytes = conf.number(path)
  if (bytes === null) return
  if (bytes < 0) return conf.differs(`Postern always has a bound: \`limits.${key}\``, path)
  if (bytes < least || bytes > most) return conf.unsupported(`\`limits.${key}\` takes ${least} to ${most} bytes`, path)
  limits[key] = `${bytes}B`
  conf.carried(`\`limits.${key}\``, path)
}
