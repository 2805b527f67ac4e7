/** What a rightly signed API key says: until when it holds, what it opens, from where, and for whom. */
import type { ApiKeyIssuerPlan } from '../../contract/plan/api-key.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { ApiKeyGrant } from '../api-key-grant.ts'
import { identifierText } from '../claim-reader.ts'
import { Consumer } from '../consumer.ts'
import type { CredentialFailure } from '../credential-refusals.ts'
import { isJsonObject, type JsonObject, ownMember } from '../json-object.ts'
import { AddressRanges } from '../listener/address-ranges.ts'
import { heldScopes, type ScopeTable, scopeTable } from '../scope-bits.ts'
import { isAddressRange } from './address-range.ts'
import { permittedReferers } from './permitted-referers.ts'

export type SignedKey = ApiKeyGrant & {
  /** Milliseconds since the epoch until which it is refused. */
  readonly notBefore: number
}

const mostRanges = 100

export class SignedKeyReader {
  readonly #plan: ApiKeyIssuerPlan
  readonly #apis: GatewayPlan['apis']
  readonly #scopes: ScopeTable
  /** As in the names of consumers that come with access tokens of the same issuer. */
  readonly #issuer: string

  constructor(plan: ApiKeyIssuerPlan, { apis, apiKeyIssuers, issuers, scopes }: GatewayPlan) {
    this.#plan = plan
    this.#apis = apis
    this.#scopes = scopeTable(scopes)
    const index = issuers.findIndex(({ issuer }) => issuer === plan.issuer)
    this.#issuer = index === -1 ? `key${apiKeyIssuers.indexOf(plan)}` : String(index)
  }

  read(claims: JsonObject): SignedKey | CredentialFailure {
    const expiry = this.#times(claims)
    const consumer = this.#consumer(claims)
    const ranges = listed(claims, 'permittedIP')
    const referers = listed(claims, 'permittedReferer')
    const keyType = readKeyType(ownMember(claims, 'keytype'))
    if (expiry === null || consumer === null || ranges === null || referers === null || keyType === null) return 'api-key-claims'
    const jti = ownMember(claims, 'jti')
    if (jti !== undefined && typeof jti !== 'string') return 'api-key-claims'
    if (ranges.length > mostRanges || !ranges.every(isAddressRange)) return 'api-key-claims'
    return {
      ...expiry,
      consumer,
      scopeBits: heldScopes(this.#scopes, ownMember(claims, 'scope')),
      claims,
      user: identifierText(ownMember(claims, 'sub')) ?? null,
      tier: null,
      marks: null,
      keyType,
      apis: this.#opens(claims),
      addresses: ranges.length === 0 ? null : new AddressRanges(ranges),
      isPermitted: referers.length === 0 ? null : permittedReferers(referers),
    }
  }

  /** A key without `exp` holds until it is revoked or its issuer changes keys, as WSO2 says. */
  #times(claims: JsonObject): Pick<SignedKey, 'expiresAt' | 'notBefore'> | null {
    const [exp, nbf, iat] = ['exp', 'nbf', 'iat'].map((name) => ownMember(claims, name))
    if (![exp, nbf, iat].every((time) => time === undefined || (typeof time === 'number' && Number.isFinite(time)))) return null
    const skew = this.#plan.clockSkew
    const starts = [nbf, iat].filter((time) => typeof time === 'number')
    return {
      expiresAt: typeof exp === 'number' ? (exp + skew) * 1000 : Number.POSITIVE_INFINITY,
      notBefore: Math.max(0, ...starts.map((time) => (time - skew) * 1000)),
    }
  }

  /** The application that it was made for, else its subject. */
  #consumer(claims: JsonObject): Consumer | null {
    const application = ownMember(claims, 'application')
    const id = isJsonObject(application)
      ? (['uuid', 'id', 'name'] as const).map((name) => ownMember(application, name)).find((each) => each !== undefined && each !== '')
      : application
    if ((typeof id === 'string' && id !== '') || typeof id === 'number') return new Consumer(`application:${this.#issuer}:${id}`)
    const subject = ownMember(claims, 'sub')
    return typeof subject === 'string' && subject !== '' ? new Consumer(`subject:${this.#issuer}:${subject}`) : null
  }

  /** 1 for each API that it opens, by title and version. */
  #opens(claims: JsonObject): Uint8Array {
    if (!this.#plan.confined) return new Uint8Array(this.#apis.length).fill(1)
    const said = ownMember(claims, 'subscribedAPIs') ?? ownMember(claims, 'allowedAPIs')
    const allowed = Array.isArray(said) ? said.filter(isJsonObject) : []
    return Uint8Array.from(this.#apis, ({ name, version }) => {
      const opens = allowed.some((api) => {
        const allowedVersion = ownMember(api, 'version')
        return ownMember(api, 'name') === name && (allowedVersion === version || allowedVersion === '*')
      })
      return opens ? 1 : 0
    })
  }
}

/** Texts with commas between. `null` for what is no text: what confines a key and cannot be read must not leave it unconfined. */
function listed(claims: JsonObject, name: string): readonly string[] | null {
  const text = ownMember(claims, name)
  if (text === undefined || text === null) return []
  if (typeof text !== 'string') return null
  return text === '' ? [] : text.split(',').map((each) => each.trim())
}

function readKeyType(claim: unknown): SignedKey['keyType'] {
  if (claim === undefined) return 'production'
  const name = typeof claim === 'string' ? claim.toLowerCase() : ''
  return name === 'production' || name === 'sandbox' ? name : null
}
