/** Tokens as the issuers of a gateway would give them out, good ones and bad ones. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import type { ManifestIssuer } from '../../contract/manifest/issuer.ts'
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { JwtAlgorithm } from '../../contract/plan/keys.ts'
import { thumbprintOf } from './client-certificates.ts'
import type { Identities } from './identities.ts'
import type { StandIns } from './stand-ins.ts'
import type { Certified } from './throwaway-certificate.ts'
import { publicMembers, signJws, type ThrowawayKey } from './throwaway-key.ts'

/** A signed token, or one that only its key manager can read. */
export type TokenForm = 'signed' | 'opaque'

/** To what a token is bound. */
export type Binding =
  | { readonly kind: 'none' }
  | { readonly kind: 'key' }
  | { readonly kind: 'certificate'; readonly certificate: Certified }

export type TokenRequest = {
  /** Its place in the manifest. */
  readonly issuer: number
  readonly form: TokenForm
  readonly scopes: readonly string[]
  readonly keyType: 'PRODUCTION' | 'SANDBOX'
  readonly binding: Binding
  /** For which operation: whose API it is subscribed to. */
  readonly operation: ManifestOperation
  /** What is wrong with it. `undefined` takes a claim away. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly algorithm?: JwtAlgorithm | 'none' | 'HS256'
  readonly forged?: boolean
  /** The key manager has never heard of it. */
  readonly unknown?: boolean
}

export type SignedKeyChanges = Pick<TokenRequest, 'claims' | 'forged'>

/** Seconds. */
const lifetime = 300

export class TokenMaker {
  readonly #manifest: Manifest
  readonly #identities: Identities
  readonly #standIns: StandIns
  /** Milliseconds since the epoch, as the gateway has them. */
  readonly #now: () => number

  constructor(manifest: Manifest, identities: Identities, standIns: StandIns, now: () => number) {
    this.#manifest = manifest
    this.#identities = identities
    this.#standIns = standIns
    this.#now = now
  }

  get seconds(): number {
    return Math.floor(this.#now() / 1000)
  }

  /** What an issuer's tokens may be. */
  formsOf(issuer: number): readonly TokenForm[] {
    const { introspection } = this.#manifest.issuers[issuer]!
    return [
      ...(this.#identities.issuers[issuer]!.signers.length > 0 ? (['signed'] as const) : []),
      ...(introspection === null ? [] : (['opaque'] as const)),
    ]
  }

  async make(request: TokenRequest): Promise<string> {
    const issuer = this.#manifest.issuers[request.issuer]!
    const claims = withoutUndefined({ ...(await this.#claims(issuer, request)), ...request.claims })
    if (request.form === 'opaque') {
      const text = randomBytes(24).toString('base64url')
      if (request.unknown !== true) this.#standIns.knowToken(text, claims)
      return text
    }
    const { signers, stranger } = this.#identities.issuers[request.issuer]!
    const [signer] = signers
    if (signer === undefined) throw new Error(`${issuer.issuer} signs nothing`)
    const header = {
      typ: issuer.profile === 'at+jwt' ? 'at+jwt' : 'JWT',
      ...(signer.kid === null ? {} : { kid: signer.kid }),
      ...request.header,
    }
    return signJws(header, claims, request.forged === true ? stranger : signer.key, request.algorithm ?? signer.algorithm)
  }

  /** A proof that the sender has the key (RFC 9449 §4.2). */
  proof(token: string, method: string, url: string, key: ThrowawayKey = this.#identities.senderKey): string {
    const ath = createHash('sha256').update(token).digest('base64url')
    return signJws(
      { typ: 'dpop+jwt', jwk: publicMembers(key) },
      { jti: randomUUID(), htm: method, htu: url, iat: this.seconds, ath },
      key,
      'ES256',
    )
  }

  /** An API key that is a JWT, as WSO2 makes them; `null` where nobody signs any. */
  signedKey({ api, template }: ManifestOperation, scopes: readonly string[], changes: SignedKeyChanges = {}): string | null {
    const [issuer] = this.#manifest.apiKeyIssuers
    const identity = this.#identities.apiKeyIssuers[0]
    const [signer] = identity?.signers ?? []
    if (issuer === undefined || identity === undefined || signer === undefined) return null
    const { name, version } = apiOf(this.#manifest, api, template)
    const claims = {
      iss: issuer.issuer,
      sub: `selftest-${randomUUID()}`,
      iat: this.seconds,
      exp: this.seconds + lifetime,
      jti: randomUUID(),
      token_type: 'apiKey',
      keytype: 'PRODUCTION',
      scope: scopes.join(' '),
      subscribedAPIs: [{ name, version }],
      ...changes.claims,
    }
    const header = { typ: 'JWT', ...(signer.kid === null ? {} : { kid: signer.kid }) }
    return signJws(header, claims, changes.forged === true ? identity.stranger : signer.key, signer.algorithm)
  }

  async #claims(issuer: ManifestIssuer, { scopes, keyType, binding, operation }: TokenRequest): Promise<Record<string, unknown>> {
    const client = `selftest-${randomUUID()}`
    return {
      iss: issuer.issuer,
      aud: issuer.audiences === 'any' ? this.#manifest.name : issuer.audiences[0],
      sub: client,
      iat: this.seconds,
      exp: this.seconds + lifetime,
      jti: randomUUID(),
      ...(issuer.profile === 'at+jwt' ? { client_id: client } : {}),
      [issuer.claims.client]: client,
      [issuer.claims.scope]: scopes.join(' '),
      [issuer.claims.keyType]: keyType,
      ...(binding.kind === 'none' ? {} : { cnf: await this.#confirmation(binding) }),
      ...(operation.subscription?.issuers.includes(issuer.issuer) ? this.#subscribed(issuer, operation, client) : {}),
    }
  }

  async #confirmation(binding: Exclude<Binding, { kind: 'none' }>): Promise<Record<string, string>> {
    if (binding.kind === 'certificate') return { 'x5t#S256': thumbprintOf(binding.certificate.certificate).toString('base64url') }
    return { jkt: await calculateJwkThumbprint(publicMembers(this.#identities.senderKey)) }
  }

  /** An application of its own, subscribed to the API, as WSO2's tokens say it. */
  #subscribed(issuer: ManifestIssuer, { api, template }: ManifestOperation, id: string): Record<string, unknown> {
    const { name, version } = apiOf(this.#manifest, api, template)
    return { [issuer.claims.application]: { id, name: id }, subscribedAPIs: [{ name, version }] }
  }
}

export function apiOf({ apis }: Manifest, api: string, template: string): Manifest['apis'][number] {
  const fitting = apis.filter(({ name, basePath }) => name === api && template.startsWith(basePath))
  const [longest] = fitting.toSorted((one, other) => other.basePath.length - one.basePath.length)
  if (longest === undefined) throw new Error(`no API has ${template}`)
  return longest
}

function withoutUndefined(claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}
