// A small authorisation server: npm's oidc-provider with what this sample needs of it. Clients, tokens and keys are gone when it ends.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'
import { MemoryAdapter } from './memory-adapter.mjs'

const issuer = 'http://localhost:3000'
const apis = ['https://books.example.com', 'https://books.example.com/opaque']

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' }
}

// The first signs; all are given out, so that tokens of the one before stay good.
function providerWith(keys) {
  return new Provider(issuer, {
    adapter: MemoryAdapter,
    jwks: { keys },
    cookies: { keys: [randomUUID()] },
    scopes: ['books:read', 'books:write'],
    ttl: { ClientCredentials: 600 },
    // The gateway asks about opaque tokens, and gets none itself.
    clients: [{ client_id: 'gateway', client_secret: process.env.GATEWAY_SECRET, grant_types: [], redirect_uris: [], response_types: [] }],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      registration: { enabled: true },
      introspection: { enabled: true, allowedPolicy: (_context, client) => client.clientId === 'gateway' },
      revocation: { enabled: true, allowedPolicy: (_context, client, token) => token.clientId === client.clientId },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_context, resource) {
          if (!apis.includes(resource)) throw new Error('no such API')
          const scope = 'books:read books:write'
          if (resource.endsWith('/opaque')) return { scope, audience: resource, accessTokenFormat: 'opaque' }
          return { scope, audience: resource, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256', kid: keys[0].kid } } }
        },
      },
    },
  })
}

let keys = [newKey()]
let handle = providerWith(keys).callback()

// kill -HUP: the next key signs, the last one is given out for a while, and all others are gone.
process.on('SIGHUP', () => {
  keys = [newKey(), keys[0]]
  handle = providerWith(keys).callback()
  console.log(`provider signs with ${keys[0].kid}`)
})

const server = createServer((request, response) => handle(request, response))
server.listen(Number(process.env.PROVIDER_PORT ?? 3000), '127.0.0.1', () => console.log(`provider listens on ${server.address().port}`))
