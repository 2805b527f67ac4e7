/** The claims of a backend token: WSO2's, those of the caller's token that the project names, and what extensions attach. */
import crypto from 'node:crypto'
import { dialectClaims, gatewayClaims } from '../../contract/backend-claims.ts'
import type { BackendTokenPlan } from '../../contract/plan/backend-identity.ts'
import type { ApiPlan } from '../../contract/plan.ts'
import { type ClaimReader, claimReader } from '../claim-reader.ts'
import type { Claims } from '../claims.ts'
import type { CallerFacts } from './caller-facts.ts'

/** What is about the caller's token and not about the caller; handed on only where the project names it. */
const ofTokens = [
  ...['application', 'tierInfo', 'subscribedAPIs', 'keytype', 'backendJwt'],
  ...['active', 'token_type', 'typ', 'nonce', 'azp', 'at_hash', 'c_hash', 's_hash', 'sid', 'token_use'],
]

/** When it is made and when it ends, in seconds since the epoch. */
export type Life = { readonly from: number; readonly to: number }

export class TokenPayload {
  readonly #plan: BackendTokenPlan
  readonly #apis: readonly ApiPlan[]
  readonly #copied: readonly { readonly name: string; readonly read: ClaimReader }[]
  readonly #own: ReadonlySet<string>
  readonly #notWithAll: ReadonlySet<string>

  constructor(plan: BackendTokenPlan, apis: readonly ApiPlan[]) {
    this.#plan = plan
    this.#apis = apis
    this.#copied = plan.claims === 'all' ? [] : plan.claims.map((name) => ({ name, read: claimReader(name) }))
    this.#own = new Set([...gatewayClaims, ...dialectClaims.map((name) => `${plan.dialect}/${name}`)])
    this.#notWithAll = new Set([...this.#own, ...ofTokens])
  }

  /** What extensions say counts more than the caller's token, and less than the gateway. */
  of(facts: CallerFacts, api: number, { from, to }: Life): Claims {
    const { issuer, audiences, dialect } = this.#plan
    // Without a prototype every name is one like any other.
    const payload: Record<string, unknown> = Object.create(null)
    this.#copy(facts.claims, payload)
    for (const [name, value] of Object.entries(facts.attached ?? {})) if (!this.#own.has(name)) payload[name] = value
    payload.iss = issuer
    payload.sub = facts.subject
    if (audiences.length > 0) payload.aud = audiences.length === 1 ? audiences[0] : audiences
    payload.iat = from
    payload.exp = to
    payload.jti = crypto.randomUUID()
    payload.client_id = facts.client
    if (facts.scopes !== '') {
      payload.scope = facts.scopes
      // WSO2's name.
      payload.scopes = facts.scopes
    }
    const values = dialectValues(facts, this.#apis[api]!)
    for (const name of dialectClaims) payload[`${dialect}/${name}`] = values[name]
    return payload
  }

  #copy(claims: Claims | null, payload: Record<string, unknown>): void {
    if (claims === null) return
    for (const { name, read } of this.#copied) payload[name] = read(claims)
    if (this.#plan.claims !== 'all') return
    for (const [name, value] of Object.entries(claims)) if (!this.#notWithAll.has(name)) payload[name] = value
  }
}

/** JSON leaves out what is undefined. */
function dialectValues(facts: CallerFacts, { name, version, basePath }: ApiPlan): Record<(typeof dialectClaims)[number], unknown> {
  const { application, subject, tier, keyType } = facts
  return {
    subscriber: application.owner,
    applicationid: application.id,
    applicationUUId: application.uuid,
    applicationname: application.name,
    applicationtier: application.tier,
    apiname: name,
    apicontext: basePath === '' ? '/' : basePath,
    version,
    tier,
    keytype: keyType,
    usertype: 'Application_User',
    enduser: subject,
  }
}
