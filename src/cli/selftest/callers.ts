/** What callers show to get into an operation: good credentials for each way in, and what makes one of them bad. */
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { Identities } from './identities.ts'
import type { StandIns } from './stand-ins.ts'
import type { Certified } from './throwaway-certificate.ts'
import { apiOf, type Binding, type TokenForm, TokenMaker, type TokenRequest } from './tokens.ts'
import type { CredentialKind, Shown, WayIn } from './ways-in.ts'

/** What a request carries for its sender. */
export type Carried = {
  readonly fields: readonly string[]
  /** Parameters of the query, ready to be sent. */
  readonly query: readonly string[]
  readonly certificate: Certified | null
  /** `null`: any. */
  readonly address: string | null
  readonly shown: Shown
  /** The access token's text; `null` where there is none. */
  readonly token: string | null
}

/** In words, why this run has no such credential. */
export type NotHad = { readonly why: string }

export type TokenChanges = Partial<
  Pick<TokenRequest, 'claims' | 'header' | 'algorithm' | 'forged' | 'unknown' | 'scopes' | 'keyType' | 'form'>
> & {
  /** Its place in the manifest, where it is to be another's. */
  readonly issuer?: number
  /** Sent as if it were bound to nothing. */
  readonly withoutProof?: boolean
  readonly bound?: boolean
}

/** A token's binding and how it is presented depend on where it goes. */
type Destination = { readonly operation: ManifestOperation; readonly path: string; readonly secure: boolean }

export class Callers {
  readonly tokens: TokenMaker
  readonly manifest: Manifest
  readonly identities: Identities

  constructor(manifest: Manifest, identities: Identities, standIns: StandIns, now: () => number) {
    this.manifest = manifest
    this.identities = identities
    this.tokens = new TokenMaker(manifest, identities, standIns, now)
  }

  /** Good credentials for a way in. `issuer`: its place in the manifest, of the token. */
  async carry(to: Destination, way: WayIn, issuer: number | null, changes: TokenChanges = {}): Promise<Carried | NotHad> {
    let carried: Carried = { ...nothing, shown: { has: new Map(), issuer: null } }
    const keys = way.needs.get('apiKey')
    const passwords = way.needs.get('basic')
    const token = way.needs.get('token')
    const needsCertificate = way.needs.has('certificate')
    const certificate = needsCertificate || this.#bindsToCertificate(to, issuer) ? this.certificateFor(to.operation) : null
    if (certificate !== null && 'why' in certificate) return certificate
    if (certificate !== null) carried = joined(carried, this.withCertificate(certificate, needsCertificate))
    if (token !== undefined && issuer !== null)
      carried = joined(carried, await this.withToken(to, issuer, { scopes: token, ...changes }, certificate))
    if (keys !== undefined) {
      const key = this.apiKey(to.operation, keys)
      if ('why' in key) return key
      carried = joined(carried, key)
    }
    if (passwords === undefined) return carried
    const user = this.user(to.operation, passwords)
    return 'why' in user ? user : joined(carried, user)
  }

  async withToken(to: Destination, issuer: number, changes: TokenChanges, certificate: Certified | null): Promise<Carried> {
    const { operation } = to
    const binding = this.#binding(to, issuer, certificate, changes.bound ?? false)
    const { scopes = [], issuer: other, withoutProof = false, bound: _, ...rest } = changes
    const form: TokenForm = rest.form ?? this.tokens.formsOf(other ?? issuer)[0] ?? 'signed'
    const keyType = rest.keyType ?? (operation.backends.production === null ? 'SANDBOX' : 'PRODUCTION')
    const text = await this.tokens.make({ issuer: other ?? issuer, scopes, operation, binding, ...rest, form, keyType })
    const proven = binding.kind === 'key' && !withoutProof
    const fields = proven
      ? [
          `${operation.security.header ?? 'authorization'}: DPoP ${text}`,
          `DPoP: ${this.tokens.proof(text, operation.method, this.urlOf(to))}`,
        ]
      : [`${operation.security.header ?? 'authorization'}: Bearer ${text}`]
    const shown = { has: new Map([['token', new Set(scopes)]] as const), issuer: this.manifest.issuers[other ?? issuer]!.issuer }
    return { ...nothing, fields, shown, token: text }
  }

  withCertificate(certificate: Certified, counts: boolean = true): Carried {
    const shown: Shown = { has: counts ? new Map([['certificate', new Set<string>()]]) : new Map(), issuer: null }
    const field = this.manifest.clientCertificates?.header ?? null
    if (field === null) return { ...nothing, certificate, shown }
    const base64 = certificate.certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '')
    return { ...nothing, fields: [`${field}: :${base64}:`], shown }
  }

  certificateFor({ clientCertificate }: ManifestOperation): Certified | NotHad {
    const { certificates } = this.identities
    const holders = this.manifest.clientCertificates?.holders ?? []
    if (certificates === null) return { why: 'the gateway asks for no client certificates' }
    if (clientCertificate.holders === null)
      return certificates.ofNobody ?? certificates.ofHolders.find((each) => each !== null) ?? { why: 'no authority vouches everywhere' }
    const named = holders.findIndex(({ id }) => clientCertificate.holders?.includes(id))
    return certificates.ofHolders[named] ?? { why: 'the name of the certificate holder cannot be written by this command' }
  }

  /** One that the project knows, with the scopes. */
  apiKey(operation: ManifestOperation, scopes: readonly string[]): Carried | NotHad {
    const usable = this.manifest.apiKeys.findIndex(
      (key) =>
        !this.identities.revokedKeys.has(key.id) &&
        (key.apis === null || key.apis.includes(operation.api)) &&
        scopes.every((scope) => key.scopes.includes(scope)) &&
        (key.expires === null || Date.parse(key.expires) > Date.now() + 600_000) &&
        (operation.subscription?.apiKeysAndUsers !== true || this.#isSubscribed(`consumer:${key.consumer}`, operation)),
    )
    const key = this.manifest.apiKeys[usable]
    if (key === undefined) return this.#signedKey(operation, scopes)
    const carried = this.withKey(operation, this.identities.apiKeys[usable]!, key.scopes)
    const [range] = key.addresses
    const [origin] = key.origins
    return {
      ...carried,
      address: range === undefined ? null : (range.split('/')[0] ?? null),
      fields: [...carried.fields, ...(origin === undefined ? [] : [`Origin: ${origin}`])],
    }
  }

  withKey(operation: ManifestOperation, text: string, scopes: readonly string[]): Carried {
    const [place] = operation.security.apiKeyPlaces
    const shown: Shown = { has: new Map([['apiKey', new Set(scopes)]]), issuer: null }
    if (place === undefined) return { ...nothing, shown }
    if (place.in === 'query') return { ...nothing, query: [`${encodeURIComponent(place.name)}=${encodeURIComponent(text)}`], shown }
    const fields = [place.in === 'cookie' ? `Cookie: ${place.name}=${text}` : `${place.name}: ${text}`]
    return { ...nothing, fields, shown }
  }

  user(operation: ManifestOperation, scopes: readonly string[]): Carried | NotHad {
    const usable = this.manifest.users.findIndex(
      (user) =>
        scopes.every((scope) => user.scopes.includes(scope)) &&
        (operation.subscription?.apiKeysAndUsers !== true || this.#isSubscribed(`user:${user.name}`, operation)),
    )
    const user = this.manifest.users[usable]
    if (user === undefined) return { why: 'no user of the project has the scopes and the subscription' }
    return this.withPassword(user.name, this.identities.passwords[usable]!, user.scopes)
  }

  withPassword(name: string, password: string, scopes: readonly string[]): Carried {
    const pair = Buffer.from(`${name}:${password}`).toString('base64')
    return { ...nothing, fields: [`Authorization: Basic ${pair}`], shown: { has: new Map([['basic', new Set(scopes)]]), issuer: null } }
  }

  urlOf({ path, secure }: Destination): string {
    const [origin] = this.manifest.listeners.publicOrigins
    return `${origin ?? `${secure ? 'https' : 'http'}://selftest`}${path}`
  }

  #signedKey(operation: ManifestOperation, scopes: readonly string[]): Carried | NotHad {
    const text = this.tokens.signedKey(operation, scopes)
    if (text === null || operation.subscription?.apiKeysAndUsers === true)
      return { why: 'no API key of the project has the scopes and the subscription' }
    return this.withKey(operation, text, scopes)
  }

  #isSubscribed(holder: string, { api, template }: ManifestOperation): boolean {
    const { name, version } = apiOf(this.manifest, api, template)
    return this.manifest.applications.some(
      ({ keys, subscriptions }) =>
        keys.some((key) => key.holder === holder && key.domains.length === 0) &&
        subscriptions.some((each) => each.api === name && each.version === version && each.state === 'active'),
    )
  }

  /** Where tokens must be bound, and a proof is not how. */
  #bindsToCertificate({ operation }: Destination, issuer: number | null): boolean {
    const constrained = issuer === null ? null : (this.manifest.issuers[issuer]?.senderConstrained ?? null)
    return constrained?.required === true && !(constrained.dpop && operation.security.dpop)
  }

  #binding({ operation }: Destination, issuer: number, certificate: Certified | null, bound: boolean): Binding {
    const { required, dpop, certificate: byCertificate } = this.manifest.issuers[issuer]!.senderConstrained
    if (!required && !bound) return { kind: 'none' }
    if (dpop && operation.security.dpop) return { kind: 'key' }
    return byCertificate && certificate !== null ? { kind: 'certificate', certificate } : { kind: 'none' }
  }
}

const nothing: Carried = { fields: [], query: [], certificate: null, address: null, token: null, shown: { has: new Map(), issuer: null } }

/** Both at once. */
export function joined(one: Carried, other: Carried): Carried {
  return {
    fields: [...one.fields, ...other.fields],
    query: [...one.query, ...other.query],
    certificate: other.certificate ?? one.certificate,
    address: other.address ?? one.address,
    token: other.token ?? one.token,
    shown: {
      has: new Map<CredentialKind, ReadonlySet<string>>([...one.shown.has, ...other.shown.has]),
      issuer: other.shown.issuer ?? one.shown.issuer,
    },
  }
}

export const emptyHanded: Carried = nothing
