/** What an API key of the project gives its holder, however it is known, and where it holds. */
import type { ApiKeyPlan } from '../contract/plan/api-key.ts'
import type { GatewayPlan } from '../contract/plan.ts'
import type { Revocable, Revocations } from './capabilities/revocation.ts'
import { Consumer } from './consumer.ts'
import type { Grant } from './grant.ts'
import { AddressRanges } from './listener/address-ranges.ts'
import { originOf } from './page-origin.ts'
import { scopeBits, scopeTable } from './scope-bits.ts'

export type ApiKeyGrant = Grant & {
  /** Milliseconds since the epoch from which it is refused. */
  readonly expiresAt: number
  /** Which of the plan's APIs it opens. */
  readonly apis: Uint8Array
  /** `null`: any. */
  readonly addresses: AddressRanges | null
  /** Whether the page that sends a request may, by the lines of its head; `null`: any page, and what is none. */
  readonly isPermitted: ((lines: string) => boolean) | null
}

export function grantOf(
  { id, consumer, tier, scopes, apis, addresses, origins, expiresAt }: ApiKeyPlan,
  plan: GatewayPlan,
  revocations: Revocations | null,
): ApiKeyGrant {
  const permitted = new Set(origins)
  return {
    keyType: null,
    user: null,
    tier,
    scopeBits: scopeBits(scopeTable(plan.scopes), scopes),
    consumer: new Consumer(`consumer:${consumer}`),
    claims: { sub: consumer, client_id: id, scope: scopes.map((scope) => plan.scopes[scope]!).join(' ') },
    marks: revocations?.marksOf({ ...nothing, apiKey: id }) ?? null,
    expiresAt: expiresAt ?? Number.POSITIVE_INFINITY,
    apis: Uint8Array.from(plan.apis, (_, index) => (apis === null || apis.includes(index) ? 1 : 0)),
    addresses: addresses.length === 0 ? null : new AddressRanges(addresses),
    isPermitted: origins.length === 0 ? null : (lines) => permitted.has(originOf(lines)),
  }
}

/** A key that the project knows is revoked by its id, and by nothing else. */
const nothing: Revocable = {
  issuer: null,
  id: null,
  text: null,
  otherSignature: null,
  signature: null,
  client: null,
  user: null,
  key: null,
  apiKey: null,
  issuedAt: null,
}
