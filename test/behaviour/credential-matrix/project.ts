/** The project whose operations are all combinations. */
import { Authority, tlsSettings } from '../../wire/authority.ts'
import type { ProjectFiles } from '../project-folder.ts'
import type { Environment } from '../running-gateway.ts'
import { combinations, tokenField } from './combinations.ts'
import type { Credentials } from './credentials.ts'

export function matrixProject({ tokens, authority, apiKeys, passwords }: Credentials): ProjectFiles {
  return {
    'postern.yaml': project,
    'usual.json': definition(false),
    'apart.json': definition(true),
    'other.yaml': otherDefinition,
    'api-keys.yaml': apiKeys.file,
    'users.yaml': passwords.file,
    'revoked.json': JSON.stringify([...tokens.revocations, ...apiKeys.revocations]),
    'keys/idp.jwks.json': tokens.idp.keySet,
    'keys/clients.pem': authority.pem,
  }
}

/** What its gateway needs for TLS and its key manager, but for where that is. The certificate is put into the project's folder. */
export function matrixSettings(folder: string, { opaque }: Credentials): Environment {
  const server = new Authority('Servers').issue('server', { names: ['localhost'] })
  return { POSTERN_HTTPS_PORT: '0', SECRET: opaque.clientSecret, ...tlsSettings(folder, server) }
}

function definition(apart: boolean): string {
  const security = combinations
    .filter((each) => each.apart === apart)
    .map(({ path, alternatives }) => [path, alternatives.map((all) => Object.fromEntries(all.map((kind) => [kind, []])))] as const)
  const operations = [...security, [apart ? '/apart/open' : '/usual/open', []] as const]
  return JSON.stringify({
    openapi: '3.1.0',
    info: { title: apart ? 'Apart' : 'Usual', version: '1.0.0' },
    ...(apart ? { 'x-wso2-auth-header': tokenField } : {}),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        basic: { type: 'http', scheme: 'basic' },
        header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        query: { type: 'apiKey', in: 'query', name: 'api_key' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'key' },
        certificate: { type: 'mutualTLS' },
      },
    },
    paths: Object.fromEntries(
      operations.map(([path, alternatives]) => [
        path.slice(path.indexOf('/', 1)),
        { get: { operationId: path, security: alternatives, responses: { default: { description: 'An answer' } } } },
      ]),
    ),
  })
}

/** Everybody who calls comes through the proxy, which says for each request another address: who guesses is slowed down by address. */
const project = `name: matrix
version: 1.0.0
apis:
  - { definition: usual.json, basePath: /usual, backend: "\${BACKEND_URL}" }
  - { definition: apart.json, basePath: /apart, backend: "\${BACKEND_URL}" }
  - { definition: other.yaml, basePath: /other, backend: "\${BACKEND_URL}" }
issuers:
  - issuer: https://idp.example.com
    audiences: [shop]
    keys: keys/idp.jwks.json
    senderConstrained: { by: [certificate, dpop], required: false }
    introspection: { url: "\${KEY_MANAGER}/introspect", clientId: gateway, clientSecret: "\${SECRET}" }
clientCertificates: { authorities: [keys/clients.pem] }
apiKeys: api-keys.yaml
users: users.yaml
revocation: { snapshot: revoked.json }
trustedProxies: [127.0.0.1]
`

const otherDefinition = `openapi: 3.1.0
info: { title: Other, version: 1.0.0 }
components: { securitySchemes: { header: { type: apiKey, in: header, name: X-API-Key } } }
paths: { /things: { get: { security: [{ header: [] }], responses: { default: { description: An answer } } } } }
`
