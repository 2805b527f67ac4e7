/**
 * npm's oidc-provider on the loopback interface, as anybody would run it: clients register themselves, tokens are for one resource each.
 * Resources whose name ends in `/opaque` get opaque tokens, others JWTs.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type AdapterConstructor, type Configuration, type JWK } from 'oidc-provider'
import { memoryAdapter } from './memory-adapter.ts'

export type SigningKey = JWK

export function signingKey(algorithm: 'RS256' | 'ES256'): SigningKey {
  const { privateKey } =
    algorithm === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: algorithm, use: 'sig' } as SigningKey
}

export type Client = { readonly id: string; readonly secret: string }

export type TokenRequest = {
  readonly resource: string
  readonly scope?: string
  /** A proof of the key to which the token is to be bound. */
  readonly proof?: string
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

export class AuthorisationServer {
  readonly #server: Server
  readonly #adapter: AdapterConstructor = memoryAdapter()
  #handler: Handler = (_request, response) => response.destroy()

  private constructor() {
    this.#server = createServer((request, response) => this.#handler(request, response))
  }

  /** Signs with the first of the keys. */
  static async start(...keys: readonly SigningKey[]): Promise<AuthorisationServer> {
    const own = new AuthorisationServer()
    own.#server.listen(0, '127.0.0.1')
    await once(own.#server, 'listening')
    own.restart(...keys)
    return own
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get keySetUrl(): string {
    return `${this.issuer}/jwks`
  }

  get tokenUrl(): string {
    return `${this.issuer}/token`
  }

  /** With other keys: signs with the first. What it gave out before stays known. */
  restart(...keys: readonly SigningKey[]): void {
    this.#handler = new Provider(this.issuer, configuration(keys, this.#adapter)).callback()
  }

  /** Answers nothing any more, until it is restarted. */
  fail(): void {
    this.#handler = (_request, response) => response.destroy()
  }

  async keySet(): Promise<string> {
    return (await fetch(this.keySetUrl)).text()
  }

  /** RFC 7591. */
  async register(metadata: Readonly<Record<string, unknown>> = {}): Promise<Client> {
    const response = await fetch(`${this.issuer}/reg`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        client_name: 'test',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_basic',
        ...metadata,
      }),
    })
    const answer = await answerOf(response, 201)
    return { id: String(answer.client_id), secret: String(answer.client_secret) }
  }

  /** By the client's own credentials (RFC 6749 §4.4). */
  async token(client: Client, { resource, scope, proof }: TokenRequest): Promise<string> {
    const form = { grant_type: 'client_credentials', resource, ...(scope === undefined ? {} : { scope }) }
    const headers = proof === undefined ? {} : { DPoP: proof }
    return String((await answerOf(await this.#post('/token', client, form, headers), 200)).access_token)
  }

  /** RFC 7009. */
  async revoke(client: Client, token: string): Promise<void> {
    const response = await this.#post('/token/revocation', client, { token })
    if (response.status !== 200) throw new Error(`revocation: ${response.status}`)
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  #post(path: string, client: Client, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    const authorization = `Basic ${btoa(`${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`)}`
    return fetch(`${this.issuer}${path}`, {
      method: 'POST',
      headers: { Authorization: authorization, ...headers },
      body: new URLSearchParams(form),
    })
  }
}

async function answerOf(response: Response, status: number): Promise<Readonly<Record<string, unknown>>> {
  const text = await response.text()
  if (response.status !== status) throw new Error(`${response.url}: ${response.status} ${text}`)
  return JSON.parse(text)
}

function configuration(keys: readonly SigningKey[], adapter: AdapterConstructor): Configuration {
  const [first] = keys
  if (first?.alg === undefined) throw new Error('a server without keys')
  const sign = { alg: first.alg as 'RS256' | 'ES256', kid: first.kid }
  return {
    adapter,
    jwks: { keys: [...keys] },
    cookies: { keys: [randomUUID()] },
    scopes: ['books:read', 'books:write'],
    ttl: { ClientCredentials: 600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      registration: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: 'books:read books:write',
          audience: resource,
          ...(resource.endsWith('/opaque') ? { accessTokenFormat: 'opaque' } : { accessTokenFormat: 'jwt', jwt: { sign } }),
        }),
      },
    },
  }
}
