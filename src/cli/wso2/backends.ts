/** What backends are told, and how they are reached. */
import type { Json } from '../../compiler/plan/canonical.ts'
import type { Configuration } from './configuration.ts'
import type { Imported } from './imported.ts'
import { certificatesExport, keyExport, keyStoresOf } from './key-stores.ts'

export function importBackends(conf: Configuration, imported: Imported): void {
  importBackendToken(conf, imported)
  const client = (key: string): string => `httpClients.${key}`
  if (conf.boolean(client('disableSslVerification'), false) || !conf.boolean(client('verifyHostname'), true))
    conf.unsupported(
      'certificates of backends are always verified: name their authority under `backend.authorities`',
      client('disableSslVerification'),
      client('verifyHostname'),
    )
  else conf.carried('always', client('disableSslVerification'), client('verifyHostname'))
  conf.differs('`http: 2` of a backend', client('enableHttp2'))
  conf.differs(
    '`limits.maxUpstreamConnections`, `limits.maxUpstreamWaiting`, `timeouts.upstreamIdle`',
    ...['maxActiveConnections', 'maxIdleConnections', 'waitTimeInMillis', 'maxActiveStreamsPerConnection'].map((key) =>
      client(`poolConfig.${key}`),
    ),
  )
  conf.differs(
    'TLS 1.2 and 1.3, with Node’s ciphers',
    ...['protocolName', 'protocolVersions', 'ciphers'].map((key) => client(`sslConfig.${key}`)),
  )
  const stores = keyStoresOf(conf, client('sslConfig'))
  conf.differs(
    `\`certificate\` and \`key\` of a backend, as PEM: ${keyExport(stores.keys, 'ballerina', 'backend.pem')}`,
    ...['keyStorePath', 'keyStorePassword'].map((key) => client(`sslConfig.${key}`)),
  )
  conf.differs(
    `\`authorities\` of a backend, as PEM: ${certificatesExport(stores.trusted, 'keys/backends.pem')}`,
    ...['trustStorePath', 'trustStorePassword'].map((key) => client(`sslConfig.${key}`)),
  )
  if (conf.boolean(client('proxy.enable'), false)) conf.rest('not-supported', client('proxy'), 'backends are reached directly')
  else conf.rest('carried', client('proxy'), 'off')
  conf.rest('differs', client('responseLimits'), 'bounds of Postern’s own on the heads of answers')
  for (const side of ['enableRequestValidation', 'enableResponseValidation']) {
    if (conf.boolean(`validationConfig.${side}`, false))
      conf.unsupported('bodies are not held against their schemas', `validationConfig.${side}`)
    else conf.carried('off', `validationConfig.${side}`)
  }
  conf.carried('HTTP/2 over TLS, and in the clear with prior knowledge', 'http2.enable')
  conf.rest('differs', 'server', '`User-Agent` and other fields go on to the backend as they came')
}

function importBackendToken(conf: Configuration, { project }: Imported): void {
  const path = (key: string): string => `jwtGeneratorConfig.${key}`
  if (!conf.boolean(path('jwtGeneratorEnabled'), false)) {
    conf.rest('carried', 'jwtGeneratorConfig', 'off')
    return conf.carried('off', 'jwtConfig.header')
  }
  const seconds = Math.floor((conf.number(path('tokenExpiry')) ?? 900_000) / 1000)
  const audiences = conf.list(path('audience'))
  const token: Record<string, Json> = {
    key: '${BACKEND_TOKEN_KEY}',
    header: conf.text('jwtConfig.header') ?? 'X-JWT-Assertion',
    issuer: conf.text(path('issuer')) ?? 'wso2.org/products/am',
    audiences: audiences.length === 0 ? ['http://org.wso2.apimgt/gateway'] : audiences,
    lifetime: `${Math.min(86_400, Math.max(10, seconds))}s`,
    dialect: conf.text(path('claimDialect')) ?? 'http://wso2.org/claims',
    claims: 'all',
  }
  project.backendToken = token
  conf.carried('`backendToken`', ...['jwtGeneratorEnabled', 'issuer', 'audience', 'claimDialect'].map(path), 'jwtConfig.header')
  conf.carried('`backendToken.lifetime`, from 10 s to a day', path('tokenExpiry'))
  if ((conf.text(path('signingAlgorithm')) ?? 'SHA256withRSA') === 'SHA256withRSA')
    conf.carried('RS256, with an RSA key', path('signingAlgorithm'))
  else conf.unsupported('a token that is not signed says nothing: it is always signed', path('signingAlgorithm'))
  conf.differs(
    `the setting BACKEND_TOKEN_KEY at start: the private key as PEM, or the path of a file with it: ${keyExport(keyStoresOf(conf).keys, conf.text(path('privateKeyAlias')) ?? 'ballerina', 'backend-token.pem')}`,
    path('certificateAlias'),
    path('privateKeyAlias'),
  )
  if (conf.list(path('restrictedClaims')).length === 0) conf.carried('none', path('restrictedClaims'))
  else conf.unsupported('now all claims go on to the backend: name those that may, under `backendToken.claims`', path('restrictedClaims'))
  conf.unsupported('write `generateConsumerToken` as a module: docs/extensions.md', path('generatorImpl'))
  conf.rest('not-supported', path('claimRetrieval'), 'claims come with the token; nobody is asked for more')
  conf.rest('differs', path('jwtGeneratorCaching'), 'tokens are kept until near their end')
}
