/** Which fields of requests the plan's operations and their steps notice. */
import type { GatewayPlan } from '../contract/plan.ts'
import { type RequestFields, requestFields } from './http1/request-fields.ts'
import type { StepMakers } from './pipeline.ts'

export function noticedFields(plan: GatewayPlan, makers: StepMakers): RequestFields {
  const watched = [
    ...(makers.upgrades?.watchedFields ?? []),
    ...(makers.proofs?.watchedFields ?? []),
    ...(makers.identity?.watchedFields ?? []),
    ...ownFields(plan),
  ]
  return requestFields(credentialFields(plan), watched, [
    ...(makers.cors?.readFields ?? []),
    ...makers.denied.flatMap(({ readFields }) => readFields),
    ...(makers.throttling?.readFields ?? []),
    ...readCookies(plan),
  ])
}

/** Lower-case names of the fields in which something comes that only the gateway may see. */
function credentialFields({ operations, clientCertificates }: GatewayPlan): readonly string[] {
  const ofOperations = operations.flatMap(({ security }) => {
    if (security.kind === 'token') return [security.header]
    if (security.kind !== 'credentials') return []
    return [security.header, ...security.apiKeyPlaces.flatMap((place) => (place.in === 'header' ? [place.name] : []))]
  })
  const header = clientCertificates?.header ?? null
  return header === null ? ofOperations : [...ofOperations, header]
}

/** Lower-case names of the fields in which the gateway makes itself known to backends: a client's own must not stand in its place. */
function ownFields({ upstreams }: GatewayPlan): readonly string[] {
  return upstreams.flatMap(({ credential }) => (credential?.kind === 'api-key' && credential.in === 'header' ? [credential.name] : []))
}

/** Keys in cookies are taken out of them; the others go on. */
function readCookies({ operations }: GatewayPlan): readonly string[] {
  const taken = operations.some(
    ({ security }) => security.kind === 'credentials' && security.apiKeyPlaces.some((place) => place.in === 'cookie'),
  )
  return taken ? ['cookie'] : []
}
