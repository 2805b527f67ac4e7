/** One operation for each combination of kinds of credential, and the project that has them all. */

/** What an operation may ask for: the scheme of a definition, not how a credential is made. */
export type Kind = 'token' | 'header' | 'query' | 'cookie' | 'basic' | 'certificate'

export const keyKinds = ['header', 'query', 'cookie'] as const satisfies readonly Kind[]

export type Combination = {
  /** Any of them suffices, and of one all that it names; one without any is `{}`. */
  readonly alternatives: readonly (readonly Kind[])[]
  readonly path: string
  /** Tokens come in a field of their own, so that a password fits beside them. */
  readonly apart: boolean
}

const kinds: readonly Kind[] = ['token', ...keyKinds, 'basic', 'certificate']
const pairs = kinds.flatMap((one, index) => kinds.slice(index + 1).map((other) => [one, other] as const))

/** The two cannot be together in a request: they are errors of the build. */
function collide(one: Kind, other: Kind): boolean {
  return (isKey(one) && isKey(other)) || (one === 'token' && other === 'basic')
}

export function isKey(kind: Kind): boolean {
  return kind === 'header' || kind === 'query' || kind === 'cookie'
}

const larger: readonly (readonly (readonly Kind[])[])[] = [
  [['token'], ['header'], ['basic'], ['certificate']],
  [['token', 'header', 'certificate']],
  [['header', 'basic', 'certificate']],
  [['token', 'header'], ['basic']],
  [
    ['token', 'header'],
    ['basic', 'certificate'],
  ],
  [['certificate', 'header'], ['token']],
  [
    ['certificate', 'basic'],
    ['certificate', 'header'],
  ],
  [['header'], ['query'], ['cookie']],
  [[], ['token']],
  [[], ['query']],
  [[], ['basic']],
  [[], ['certificate']],
  [[], ['header', 'basic']],
]

export const combinations: readonly Combination[] = [
  ...kinds.map((kind) => combination([[kind]])),
  ...pairs.map(([one, other]) => combination([[one], [other]])),
  ...pairs.filter(([one, other]) => !collide(one, other)).map((pair) => combination([pair])),
  ...larger.map((alternatives) => combination(alternatives)),
  combination([['token'], ['basic']], true),
  combination([['token', 'basic']], true),
  combination([['token', 'header', 'basic', 'certificate']], true),
]

function combination(alternatives: Combination['alternatives'], apart = false): Combination {
  const name = alternatives.map((all) => (all.length === 0 ? 'nothing' : all.join('-and-'))).join('-or-')
  return { alternatives, path: `${apart ? '/apart' : '/usual'}/${name}`, apart }
}

export const publicPaths: readonly string[] = ['/usual/open', '/apart/open']

/** The field in which tokens come where they are apart. */
export const tokenField = 'X-Access-Token'

export function definition(apart: boolean): string {
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
export const project = `name: matrix
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
clientCertificates: { authorities: [keys/clients.pem] }
apiKeys: api-keys.yaml
users: users.yaml
trustedProxies: [127.0.0.1]
`

export const otherDefinition = `openapi: 3.1.0
info: { title: Other, version: 1.0.0 }
components: { securitySchemes: { header: { type: apiKey, in: header, name: X-API-Key } } }
paths: { /things: { get: { security: [{ header: [] }], responses: { default: { description: An answer } } } } }
`
