/** A client of DPoP (RFC 9449). */
import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto'

/** A client's key, and proofs that it has it. */
export class ProvingClient {
  readonly #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

  get #jwk(): Record<string, unknown> {
    const { crv, kty, x, y } = this.#keys.publicKey.export({ format: 'jwk' })
    return { crv, kty, x, y }
  }

  get confirmation(): { readonly jkt: string } {
    return { jkt: hash('sha256', JSON.stringify(this.#jwk), 'base64url') }
  }

  /** The two fields of a request with that token. */
  fields(token: string, claims: Readonly<Record<string, unknown>>): readonly string[] {
    return [`Authorization: DPoP ${token}`, `DPoP: ${this.proof(token, claims)}`]
  }

  /** RFC 9449 §4.2, for a GET; a claim that is undefined is left out. */
  proof(token: string, claims: Readonly<Record<string, unknown>>): string {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const all = {
      htm: 'GET',
      iat: Math.floor(Date.now() / 1000),
      ath: hash('sha256', token, 'base64url'),
      jti: crypto.randomUUID(),
      ...claims,
    }
    const text = `${encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: this.#jwk })}.${encode(all)}`
    const signature = sign('sha256', Buffer.from(text), { key: this.#keys.privateKey, dsaEncoding: 'ieee-p1363' })
    return `${text}.${signature.toString('base64url')}`
  }
}
