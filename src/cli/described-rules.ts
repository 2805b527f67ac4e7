/** What holds for an operation, in words. */
import type { ManifestBackend, ManifestBackendCredential } from '../contract/manifest/backend.ts'
import type { ManifestCors } from '../contract/manifest/cors.ts'
import type { ManifestIntrospection } from '../contract/manifest/introspection.ts'
import type { ManifestIssuer } from '../contract/manifest/issuer.ts'
import type { ManifestLimit, ManifestNamedLimits } from '../contract/manifest/limit.ts'
import type { ManifestOperation } from '../contract/manifest/operation.ts'
import type { ManifestUpgrade } from '../contract/manifest/upgrade.ts'

/** Its name, and what its tokens must be beyond rightly signed. */
export function describeIssuer({ issuer, profile, senderConstrained: { certificate, dpop, required } }: ManifestIssuer): string {
  const by = [...(certificate ? ['certificate'] : []), ...(dpop ? ['key (DPoP)'] : [])].join(' or ')
  const bound = by === '' ? [] : [`${required ? 'bound' : 'perhaps bound'} to a ${by}`]
  const rules = [...(profile === 'jwt' ? [] : [profile]), ...bound]
  return rules.length === 0 ? issuer : `${issuer} (${rules.join(', ')})`
}

/** How its key manager is asked about tokens, in words. */
export function describeIntrospection({ url, client, cache }: ManifestIntrospection): string {
  const { mode, keepMilliseconds, keepInvalidMilliseconds, shared } = cache
  const invalidated = mode === 'invalidated' ? ', if no feed says that it is revoked' : ''
  const place = shared === null ? invalidated : `, shared through ${shared.url}`
  return `${url}, by ${client.authentication}; an answer counts for ${describeMilliseconds(keepMilliseconds)}, a bad one for ${describeMilliseconds(keepInvalidMilliseconds)}${place}`
}

/** Whose application must be subscribed to the API; `null` where nobody's. */
export function describeSubscription({ subscription }: ManifestOperation): string | null {
  if (subscription === null) return null
  const { issuers, apiKeysAndUsers, certificate } = subscription
  return [
    ...(issuers.length === 0 ? [] : [`tokens of ${issuers.join(' and ')}`]),
    ...(apiKeysAndUsers ? ['API keys and users'] : []),
    ...(certificate ? ['certificates alone'] : []),
  ].join(', ')
}

/** `null` where none is asked for. */
export function describeCertificate({ clientCertificate }: ManifestOperation): string | null {
  if (clientCertificate.asked === 'unused') return null
  const { asked, holders } = clientCertificate
  const whose = holders === null ? '' : ` of ${holders.join(' or ')}`
  return asked === 'required' ? `required${whose}` : `must be good${whose === '' ? '' : ' and'}${whose} where one is given`
}

export function describeWindows({ windows, whenUsedUp }: ManifestLimit): string {
  if (windows.length === 0) return 'no limit'
  const beyond = whenUsedUp === 'mark' ? ', beyond which requests pass and are marked' : ''
  return `${windows.map(describeWindow).join(' and ')}${beyond}`
}

function describeWindow({ unit, amount, algorithm, windowSeconds, calendar, burst }: ManifestLimit['windows'][number]): string {
  const much = unit === 'bytes' ? describeBytes(amount) : `${amount}`
  const length = calendar === null ? seconds(windowSeconds ?? 0) : `${calendar.period} of ${calendar.timeZone}`
  return `${much} per ${length} (${algorithm}${burst === null ? '' : `, burst ${burst}`})`
}

const counted: Readonly<Record<string, string>> = {
  consumer: 'for each consumer',
  application: 'for each application, else each consumer',
  api: 'for all callers together',
  key: 'for each key',
  address: 'for each address',
}

const over: Readonly<Record<ManifestLimit['level'], string>> = {
  api: 'over the API',
  operation: 'over this operation',
  subscription: 'over the API',
  application: 'over all APIs',
  custom: 'over all APIs',
  backend: 'over the API',
}

export function describeLimit(limit: ManifestLimit): string {
  const spared = limit.backend === null ? '' : ` to the ${limit.backend} backend`
  const where = limit.conditions.length === 0 ? '' : ` (${limit.conditions.join(' and ')})`
  return `${limit.tier}${where}: ${describeWindows(limit)}${spared}, ${over[limit.level]}, ${describeBy(limit)}`
}

export function describeBy({ by }: ManifestLimit): string {
  return counted[by] ?? by
}

/** How many requests may be in flight, in words. */
export function describeConcurrency({ waitMilliseconds, ...bounds }: NonNullable<ManifestOperation['concurrency']>): string {
  const { api, consumer, production, sandbox } = bounds
  const said = [
    api === 0 ? '' : `${api} of the API`,
    consumer === 0 ? '' : `${consumer} of each consumer`,
    production === 0 ? '' : `${production} to the production backend`,
    sandbox === 0 ? '' : `${sandbox} to the sandbox backend`,
  ].filter((text) => text !== '')
  return `in flight at most ${said.join(', ')}${waitMilliseconds === 0 ? '' : `; others wait up to ${describeMilliseconds(waitMilliseconds)}`}`
}

/** Which of the tiers that credentials name holds, in words. */
export function describeNamedLimits({ otherwise, unknown }: ManifestNamedLimits): string {
  const without = otherwise === null ? 'without one there is no limit' : `without one \`${otherwise}\` holds`
  return `the tier that the caller names; ${without}${unknown === 'refuse' ? ', and an unknown one is refused' : ', as with an unknown one'}`
}

/** Requests that are streams may have no bound. */
export function describeBody(bytes: number): string {
  return bytes === Number.MAX_SAFE_INTEGER ? 'a stream of any length' : `at most ${describeBytes(bytes)}`
}

export function describeBytes(bytes: number): string {
  if (bytes % 1_048_576 === 0) return `${bytes / 1_048_576} MiB`
  if (bytes % 1024 === 0) return `${bytes / 1024} KiB`
  return `${bytes} bytes`
}

export function describeIdle({ bodyIdleMilliseconds, streamIdleMilliseconds }: ManifestOperation['timeouts']): string {
  return `bodies may rest ${describeBound(bodyIdleMilliseconds)}, event streams and gRPC streams ${describeBound(streamIdleMilliseconds)}`
}

export function describeUpgrade(upgrade: ManifestUpgrade): string {
  const { protocol, idleMilliseconds, lifeMilliseconds, tokenProtocol, maxFrameBytes, limit, perConsumer } = upgrade
  const amounts =
    limit === null ? [] : [limit.frames > 0 ? `${limit.frames} frames` : '', limit.bytes > 0 ? describeBytes(limit.bytes) : '']
  return [
    `to ${protocol}`,
    `may rest ${describeBound(idleMilliseconds)} and live ${describeBound(lifeMilliseconds)}`,
    maxFrameBytes === null ? '' : `frames up to ${describeBytes(maxFrameBytes)}`,
    limit === null ? '' : `${amounts.filter((text) => text !== '').join(' and ')} per ${describeMilliseconds(limit.perMilliseconds)}`,
    perConsumer === 0 ? '' : `${perConsumer} for one consumer`,
    tokenProtocol === null ? '' : `token also as the subprotocol after ${tokenProtocol}`,
  ]
    .filter((text) => text !== '')
    .join(', ')
}

export function describeOrigins({ origins, credentials }: ManifestCors): string {
  if (origins !== 'any' && origins.length === 0) return 'no other origin'
  return `${origins === 'any' ? 'any origin' : origins.join(' and ')}${credentials ? ' with credentials' : ''}`
}

export function describeCors(cors: ManifestCors): string {
  const { origins, headers, expose, maxAgeSeconds } = cors
  if (origins !== 'any' && origins.length === 0) return `${describeOrigins(cors)}: the method is not listed`
  return [
    describeOrigins(cors),
    headers.length === 0 ? 'no headers of its own' : `headers ${headers.join(', ')}`,
    `exposes ${expose.join(', ')}`,
    maxAgeSeconds === null ? '' : `remembered ${seconds(maxAgeSeconds)}`,
  ]
    .filter((text) => text !== '')
    .join('; ')
}

/** The URL, and what is said beyond it; null where there is no backend. */
export function describeBackend(backend: ManifestBackend | null): string | null {
  if (backend === null) return null
  const { url, http, tls, credential } = backend
  const own = tls?.clientCertificate ?? null
  const parts = [
    url,
    http === '2' ? 'HTTP/2' : '',
    tls === null || tls.authorities.length === 0 ? '' : `trusted by ${tls.authorities.map(({ subject }) => subject).join(' and ')}`,
    own === null ? '' : `shown the certificate ${own.certificate}`,
    tls === null || tls.serverName === null ? '' : `as ${tls.serverName}`,
    credential === null ? '' : describeCredential(credential),
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** How the gateway makes itself known to a backend; secrets are settings, of which the name is told. */
function describeCredential(credential: ManifestBackendCredential): string {
  switch (credential.kind) {
    case 'basic':
      return `as the user ${credential.user} by Basic`
    case 'digest':
      return `as the user ${credential.user} by Digest (${credential.algorithms.join(' or ')})`
    case 'api-key':
      return `with the API key ${credential.key} in the ${credential.in === 'header' ? 'field' : 'query parameter'} ${credential.name}`
    case 'client-credentials':
      return `with a token for ${credential.client.id} from ${credential.url}`
  }
}

function describeBound(milliseconds: number): string {
  return milliseconds === 0 ? 'without bound' : describeMilliseconds(milliseconds)
}

export function describeMilliseconds(milliseconds: number): string {
  return seconds(milliseconds / 1000)
}

function seconds(value: number): string {
  if (value % 86_400 === 0) return `${value / 86_400}d`
  if (value % 3600 === 0) return `${value / 3600}h`
  if (value % 60 === 0) return `${value / 60}m`
  return value < 1 ? `${value * 1000}ms` : `${value}s`
}
