/** An identity provider of the fixture project: its key set, and tokens that it signs. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

export class Issuer {
  readonly name: string
  readonly #kid: string
  readonly #algorithm: 'RS256' | 'ES256'
  readonly #publicKey: KeyObject
  readonly #privateKey: KeyObject

  constructor(name: string, kid: string, algorithm: 'RS256' | 'ES256') {
    this.name = name
    this.#kid = kid
    this.#algorithm = algorithm
    const pair =
      algorithm === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#publicKey = pair.publicKey
    this.#privateKey = pair.privateKey
  }

  /** RFC 7517, as JSON. */
  get keySet(): string {
    return JSON.stringify({ keys: [{ ...this.#publicKey.export({ format: 'jwk' }), kid: this.#kid, alg: this.#algorithm, use: 'sig' }] })
  }

  /** A token that is good for an hour, which no suite takes, unless the claims say otherwise; a claim that is undefined is left out. */
  token(claims: Readonly<Record<string, unknown>> = {}, header: Readonly<Record<string, unknown>> = {}): string {
    const now = Math.floor(Date.now() / 1000)
    const all = { iss: this.name, aud: 'shop', sub: 'alice', iat: now, exp: now + 3600, ...claims }
    const text = `${encode({ alg: this.#algorithm, typ: 'JWT', kid: this.#kid, ...header })}.${encode(all)}`
    const signature = sign('sha256', Buffer.from(text), { key: this.#privateKey, dsaEncoding: 'ieee-p1363' })
    return `${text}.${signature.toString('base64url')}`
  }

  /** The field line with such a token. */
  bearer(claims: Readonly<Record<string, unknown>> = {}): string {
    return `Authorization: Bearer ${this.token(claims)}`
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
