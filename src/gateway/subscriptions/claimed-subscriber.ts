/** What a token says of its application's subscriptions, in WSO2's claims: `application` and `subscribedAPIs`. */
import type { ApiPlan } from '../../contract/plan.ts'
import { type ClaimReader, firstOf, identifierText } from '../claim-reader.ts'
import type { Claims } from '../claims.ts'
import { isJsonObject, type JsonObject, ownMember } from '../json-object.ts'
import type { Application } from '../subscription.ts'
import type { Subscriber, Terms } from './subscriber.ts'

/** `undefined` where the token does not say both. `application`: the claim that the project names. */
export function claimedSubscriber(claims: Claims, application: ClaimReader, apis: readonly ApiPlan[]): Subscriber | undefined {
  const owner = readApplication(firstOf(application(claims)))
  const list = ownMember(claims, 'subscribedAPIs')
  if (owner === undefined || !Array.isArray(list)) return undefined
  const terms = new Map<number, Terms>()
  for (const entry of list) {
    if (!isJsonObject(entry)) continue
    const subscription = { application: owner, tier: textOf(entry, 'subscriptionTier'), keyType: null }
    apis.forEach((api, index) => {
      if (!terms.has(index) && isOf(entry, api)) terms.set(index, { state: 'active', subscription })
    })
  }
  return { keyType: null, domains: null, terms }
}

function isOf(entry: JsonObject, { name, version }: ApiPlan): boolean {
  const own = ownMember(entry, 'version')
  return ownMember(entry, 'name') === name && (own === version || own === '*')
}

/** An object in WSO2's tokens; other issuers put the id there. */
function readApplication(claim: unknown): Application | undefined {
  if (!isJsonObject(claim)) {
    const id = identifierText(claim)
    return id === undefined ? undefined : { id, uuid: null, name: null, owner: null, tier: null }
  }
  const [uuid, name] = [textOf(claim, 'uuid'), textOf(claim, 'name')]
  const id = textOf(claim, 'id') ?? uuid ?? name
  return id === null ? undefined : { id, uuid, name, owner: textOf(claim, 'owner'), tier: textOf(claim, 'tier') }
}

function textOf(object: JsonObject, name: string): string | null {
  return identifierText(ownMember(object, name)) ?? null
}
