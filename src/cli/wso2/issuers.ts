/** Who issues tokens: `jwtTokenConfig`, and the key manager that is asked about opaque ones. */
import type { Json } from '../../compiler/plan/canonical.ts'
import type { Configuration } from './configuration.ts'
import { certificateOf, type Imported } from './imported.ts'

export function importIssuers(conf: Configuration, imported: Imported): void {
  const issuers = conf.tables('jwtTokenConfig').map((table) => importIssuer(conf, table, imported))
  importKeyManager(conf, issuers)
  if (issuers.length > 0) imported.project.issuers = issuers
  const field = 'authConfig.authorizationHeader'
  if ((conf.text(field) ?? 'Authorization').toLowerCase() === 'authorization') conf.carried('the default', field)
  else conf.unsupported('write it as `x-wso2-auth-header` into each definition', field)
  if (conf.boolean('authConfig.removeAuthHeaderFromOutMessage', true))
    conf.carried('the default', 'authConfig.removeAuthHeaderFromOutMessage')
  else
    conf.unsupported(
      'write `x-postern: { forwardCredential: true }` into the definitions that need it',
      'authConfig.removeAuthHeaderFromOutMessage',
    )
}

function importIssuer(conf: Configuration, table: string, imported: Imported): Record<string, Json> {
  const path = (key: string): string => `${table}.${key}`
  const audiences = conf.list(path('audience'))
  const issuer: Record<string, Json> = {
    issuer: conf.text(path('issuer')) ?? 'https://localhost:9443/oauth2/token',
    audiences: audiences.length === 0 ? 'any' : audiences,
    ...keysOf(conf, path, imported),
    claims: { client: conf.text(path('consumerKeyClaim')) ?? 'aud' },
  }
  const skew = importSkew(conf)
  if (skew !== null) issuer.clockSkew = skew
  if (conf.boolean(path('validateSubscription'), conf.boolean('security.validateSubscriptions', false))) issuer.validateSubscriptions = true
  conf.carried('`issuers[].issuer`', path('issuer'))
  conf.carried('`issuers[].audiences`', path('audience'))
  conf.carried('`issuers[].claims.client`', path('consumerKeyClaim'))
  conf.carried('`issuers[].validateSubscriptions`', path('validateSubscription'), 'security.validateSubscriptions')
  conf.unsupported('write `validateToken` as a module: docs/extensions.md', path('claimMapperClassName'))
  for (const claim of conf.tables(path('claims')))
    conf.unsupported(
      'names of claims are `issuers[].claims`; another name for the backend needs `generateConsumerToken`: docs/extensions.md',
      `${claim}.remoteClaim`,
      `${claim}.localClaim`,
    )
  if (conf.boolean(path('remoteUserClaimRetrievalEnabled'), false))
    conf.unsupported('claims come with the token; nobody is asked for more', path('remoteUserClaimRetrievalEnabled'))
  else conf.carried('nothing is fetched', path('remoteUserClaimRetrievalEnabled'))
  return issuer
}

/** Releases before 3.2 have it at the key manager. */
function importSkew(conf: Configuration): string | null {
  const [at, other] = ['server.timestampSkew', 'keyManager.timestampSkew'] as const
  const skew = conf.number(at) ?? conf.number(other)
  if (skew !== null && skew > 600_000) conf.differs('`issuers[].clockSkew`, which is ten minutes at most', at, other)
  else conf.carried('`issuers[].clockSkew`, in whole seconds', at, other)
  if (conf.number(at) !== null) conf.differs('`issuers[].clockSkew` is that of `server.timestampSkew`', other)
  return skew === null ? null : `${Math.min(600, Math.ceil(skew / 1000))}s`
}

function keysOf(conf: Configuration, path: (key: string) => string, imported: Imported): Record<string, Json> {
  const jwks = conf.address(path('jwksURL'))
  const alias = conf.text(path('certificateAlias'))
  if (jwks !== null && /^https:\/\//.test(jwks)) {
    conf.carried('`issuers[].keys.url`: fetched while the gateway runs; `postern lock` bakes them instead', path('jwksURL'))
    if (jwks !== conf.text(path('jwksURL'))) conf.unsupported('key sets are fetched without user and password', path('jwksURL'))
    conf.differs('the key set is enough', path('certificateAlias'))
    return { keys: { url: jwks, refresh: '10m' } }
  }
  if (jwks === null) conf.carried('none', path('jwksURL'))
  else conf.unsupported('keys are fetched over https only', path('jwksURL'))
  const file = certificateOf(imported, alias ?? 'wso2apim310')
  conf.carried(`\`issuers[].keys\`: ${file}`, path('certificateAlias'))
  return { keys: file }
}

/** Opaque tokens are those of the key manager's own issuer. */
function importKeyManager(conf: Configuration, issuers: Record<string, Json>[]): void {
  const server = conf.address('keyManager.serverUrl')
  if (server === null) return
  const issuer = conf.text('keyManager.issuer') ?? 'https://localhost:9443/oauth2/token'
  const context = conf.text('keyManager.tokenContext') ?? 'oauth2'
  const introspection: Json = {
    url: `\${KEY_MANAGER_URL:-${server.replace(/\/$/, '')}}/${context}/introspect`,
    clientId: '${KEY_MANAGER_USERNAME}',
    clientSecret: '${KEY_MANAGER_PASSWORD}',
  }
  const known = issuers.find((each) => each.issuer === issuer)
  if (known === undefined) issuers.push({ issuer, audiences: 'any', introspection })
  else known.introspection = introspection
  conf.carried('`issuers[].introspection.url`, with the setting KEY_MANAGER_URL', 'keyManager.serverUrl', 'keyManager.tokenContext')
  if (server !== conf.text('keyManager.serverUrl'))
    conf.differs('the setting KEY_MANAGER_URL; user and password are settings of their own', 'keyManager.serverUrl')
  conf.carried('the issuer that is asked about opaque tokens', 'keyManager.issuer')
  for (const table of ['keymanager.security.basic', 'keyManager.security.basic'])
    conf.differs(
      'the settings KEY_MANAGER_USERNAME and KEY_MANAGER_PASSWORD at start',
      `${table}.enabled`,
      `${table}.username`,
      `${table}.password`,
    )
  for (const table of ['keymanager.security.oauth2', 'keyManager.security.oauth2'])
    conf.rest(
      'not-supported',
      table,
      'the key manager is asked by basic, post, private_key_jwt or certificate: docs/security/opaque-tokens.md',
    )
  for (const flag of ['enableIntrospectForFailedJWT', 'enableLegacyMode', 'remoteUserClaimRetrievalEnabled', 'external']) {
    if (conf.boolean(`keyManager.${flag}`, false))
      conf.unsupported('a JWT that does not verify is refused; the key manager is asked by RFC 7662 only', `keyManager.${flag}`)
    else conf.carried('off', `keyManager.${flag}`)
  }
  conf.differs('`issuers[].introspection.cache.keep` (1m); JWTs are remembered until they expire', 'caching.tokenCacheExpiryTime')
  conf.rest('differs', 'caching', 'caches are bounded, and need no configuration')
}
