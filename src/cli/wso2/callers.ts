/** Callers without a token of an issuer: users with passwords, signed API keys, holders of certificates. */
import type { Json } from '../../compiler/plan/canonical.ts'
import type { Configuration } from './configuration.ts'
import { certificateOf, type Imported } from './imported.ts'
import { keyStoresOf, thumbprint } from './key-stores.ts'

export function importCallers(conf: Configuration, imported: Imported): void {
  importUsers(conf, imported)
  importApiKeys(conf, imported)
  importCertificates(conf)
}

function importUsers(conf: Configuration, { project, files }: Imported): void {
  const users: Json[] = []
  for (const name of conf.names('b7a.users')) {
    const path = (key: string): string => `b7a.users.${name}.${key}`
    const password = conf.text(path('password'))
    const scopes = (conf.text(path('scopes')) ?? '')
      .split(',')
      .map((scope) => scope.trim())
      .filter((scope) => scope !== '')
    if (password === null || !/^@sha(?:256|512):\{[0-9a-fA-F]+\}$/.test(password)) {
      conf.unsupported(
        'only `@sha256:{…}` and `@sha512:{…}` are taken: make a digest with `postern token --password`, and add the user to users.yaml',
        path('password'),
        path('scopes'),
      )
      continue
    }
    users.push({ name, password, ...(scopes.length === 0 ? {} : { scopes }) })
    conf.differs('users.yaml, with the warning `weak-digest`: `postern token --password` makes better ones', path('password'))
    conf.carried('`scopes` in users.yaml', path('scopes'))
  }
  if (users.length === 0) return
  project.users = 'users.yaml'
  files.set('users.yaml', { users })
}

function importApiKeys(conf: Configuration, imported: Imported): void {
  const path = (key: string): string => `apikey.tokenConfigs.${key}`
  const alias = conf.text(path('certificateAlias'))
  if (alias !== null || conf.text(path('issuer')) !== null) {
    const keys = certificateOf(imported, alias ?? 'ballerina')
    const validateAllowedAPIs = conf.boolean(path('validateAllowedAPIs'), false)
    const issuer = conf.text(path('issuer')) ?? 'https://localhost:9095/apikey'
    imported.files.set('api-keys.yaml', { issuers: [{ issuer, keys, validateAllowedAPIs }] })
    imported.project.apiKeys = 'api-keys.yaml'
    conf.carried('`issuers` in api-keys.yaml', path('issuer'), path('certificateAlias'), path('validateAllowedAPIs'))
  }
  conf.rest(
    'not-supported',
    'apikey.issuer',
    'the gateway signs no keys: sign them elsewhere, or make random ones with `postern token --api-key`',
  )
}

function importCertificates(conf: Configuration): void {
  const table = 'mutualSSLConfig'
  const entries = conf.tables(`${table}.api.certificates`)
  const aliases = [...new Set(entries.flatMap((entry) => conf.list(`${entry}.aliasList`)))]
  if (aliases.length > 0)
    conf.unsupported(
      `add a holder with the thumbprint of each certificate under \`clientCertificates.holders\`, and name it under \`apis[].certificates\`: docs/security/client-certificates.md. Thumbprints: ${thumbprints(conf, aliases)}`,
      ...entries.flatMap((entry) => ['name', 'version', 'aliasList'].map((key) => `${entry}.${key}`)),
    )
  conf.unsupported(
    'write `clientCertificates: { authorities: […], header: … }` with the authorities as PEM: docs/tls.md',
    `${table}.certificateHeaderName`,
  )
  if (conf.text(`${table}.sslVerifyClient`) === 'require')
    conf.unsupported('nobody needs a certificate but where a definition says `x-wso2-mutual-ssl: mandatory`', `${table}.sslVerifyClient`)
  else conf.differs('where a definition says `x-wso2-mutual-ssl`, operation by operation', `${table}.sslVerifyClient`)
  conf.differs('the field is believed from `trustedProxies` only', `${table}.isClientCertificateValidationEnabled`)
  conf.differs('TLS 1.2 and 1.3, with Node’s ciphers', `${table}.protocolName`, `${table}.protocolVersions`, `${table}.ciphers`)
}

function thumbprints(conf: Configuration, aliases: readonly string[]): string {
  const { trusted } = keyStoresOf(conf)
  return aliases.map((alias) => thumbprint(trusted, alias)).join('; ')
}
