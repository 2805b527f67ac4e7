/** All that applies to one operation, rule by rule: in words, and where it is written. */
import type { ManifestBackend } from '../contract/manifest/backend.ts'
import type { ManifestLimit } from '../contract/manifest/limit.ts'
import type { ManifestOperation } from '../contract/manifest/operation.ts'
import type { Manifest } from '../contract/manifest.ts'
import { credentialPlaces, describeFedDenial, describeRevocation, describeSecurity } from './described-credentials.ts'
import { describeTold } from './described-identity.ts'
import {
  describeBackend,
  describeBody,
  describeCertificate,
  describeConcurrency,
  describeCors,
  describeIdle,
  describeIntrospection,
  describeIssuer,
  describeLimit,
  describeMilliseconds,
  describeNamedLimits,
  describeSubscription,
  describeUpgrade,
} from './described-rules.ts'

/** Each row: what it is about, what holds, and where that is written; the last is empty where nothing says it. */

export function operationRules(operation: ManifestOperation, manifest: Manifest): readonly (readonly string[])[] {
  const { apis, issuers, extensions } = manifest
  const { security, limits, backends, maxBody, timeouts, upgrade, cors, keyManager } = operation
  const revocation = describeRevocation(operation, manifest)
  const custom = keyManager === null ? (manifest.throttling?.custom ?? []) : []
  const certificate = describeCertificate(operation)
  const subscription = describeSubscription(operation)
  const byDefault = 'by default'
  const byProject = 'postern.yaml'
  return [
    ['operation', `${operation.id}: ${operation.method} ${operation.template}`, operation.at],
    ...apis
      .filter(({ name }) => name === operation.api)
      .map((api) => ['API', `${api.name} ${api.version} at ${api.basePath || '/'}`, api.basePathAt]),
    ['security', describeSecurity(operation), security.at],
    ...(certificate === null ? [] : [['certificate', certificate, certificatePlaces(operation)]]),
    ...operation.extensions.flatMap((step) => ownStep(step, extensions)),
    ...(subscription === null ? [] : [['subscription', `needed by ${subscription}`, operation.subscription?.at ?? byProject]]),
    ...(operation.transport.kind === 'any' ? [] : [['transport', `${operation.transport.kind} only`, operation.transport.at ?? '']]),
    ...credentialPlaces(operation).map(({ kind, place, at }) => [kind, place, at ?? byDefault]),
    ...issuers.filter(({ issuer }) => mayCome(operation, issuer)).map((issuer) => ['issuer', describeIssuer(issuer), issuer.at]),
    ...issuers.flatMap(({ issuer, introspection }) =>
      introspection === null || !mayCome(operation, issuer)
        ? []
        : [['introspection', describeIntrospection(introspection), introspection.at]],
    ),
    ...(security.issuersAt === null ? [] : [['issuers', 'these and no others', security.issuersAt]]),
    ...(revocation === null ? [] : [['revocation', revocation, revocationPlaces(operation, manifest)]]),
    ...manifest.deny.map(({ conditions, at }) => ['denied', conditions.join(' and '), at]),
    ...(manifest.revocation?.denies === true ? [['denied', describeFedDenial(operation), revocationPlaces(operation, manifest)]] : []),
    ...limits.filter(({ level }) => level !== 'backend').map(limitRow),
    ...callerLimits(operation, manifest),
    ...(operation.concurrency === null ? [] : [['limit', describeConcurrency(operation.concurrency), operation.concurrency.at]]),
    ...custom.map(({ limit, key, conditions }) => [
      'limit',
      `${describeLimit(limit)}: ${[key.join(', ') || 'all requests', ...conditions].join('; ')}`,
      limit.definedAt,
    ]),
    ...limits.filter(({ level }) => level === 'backend').map(limitRow),
    ...(limits.length === 0 && !operation.callerLimits && custom.length === 0 ? [['limit', 'none']] : []),
    ['backend', numbered(backends.production) ?? 'none for production tokens', backends.production?.at ?? ''],
    ['sandbox', numbered(backends.sandbox) ?? 'none: a sandbox token is refused', backends.sandbox?.at ?? ''],
    ...describeTold(operation, manifest).map(({ text, at }) => ['told', text, at ?? byProject]),
    ['body', describeBody(maxBody.bytes), maxBody.at ?? byDefault],
    ['answer', `within ${describeMilliseconds(timeouts.answerMilliseconds)}`, timeouts.answerAt ?? byDefault],
    ...(timeouts.exchangeMilliseconds === 0
      ? []
      : [['exchange', `within ${describeMilliseconds(timeouts.exchangeMilliseconds)}`, timeouts.exchangeAt ?? byDefault]]),
    ['idle', describeIdle(timeouts), timeouts.idleAt ?? byDefault],
    ...(keyManager === null
      ? []
      : [['key manager', `${keyManager.endpoint} endpoint of ${keyManager.issuer}; the caller’s credentials go on to it`, operation.at]]),
    ...(cors === null ? [] : [['CORS', describeCors(cors), cors.at]]),
    ...(upgrade === null ? [] : [['upgrade', describeUpgrade(upgrade), upgrade.at]]),
  ]
}

function revocationPlaces({ onStale }: ManifestOperation, { revocation }: Manifest): string {
  const at = revocation?.at ?? 'postern.yaml'
  return onStale === null || onStale.at === null ? at : `${at}, stale at ${onStale.at}`
}

/** Which module of the project decides, instead of the gateway. */
function ownStep(step: string, extensions: Manifest['extensions']): readonly (readonly string[])[] {
  const modules = extensions?.modules.filter((module) => module.step === step) ?? []
  return modules.map(({ file, digest, at }) => ['extension', `${step} is done by ${file}, ${digest}`, at])
}

function limitRow(limit: ManifestLimit): readonly string[] {
  const { level, namedAt, definedAt } = limit
  return ['limit', describeLimit(limit), level === 'backend' ? definedAt : `${namedAt}, tier at ${definedAt}`]
}

/** What goes by the caller's credential, and by its want of one. */
function callerLimits({ callerLimits: hold, security }: ManifestOperation, { throttling }: Manifest): readonly (readonly string[])[] {
  if (!hold || throttling === null) return []
  const { subscription, application, unauthenticated } = throttling
  const named = { subscription, application }
  const anonymous = security.kind === 'public' || security.anonymous
  return [
    ...(security.kind === 'public' ? [] : Object.entries(named)).flatMap(([level, limits]) =>
      limits === null ? [] : [['limit', `${level}: ${describeNamedLimits(limits)}`, '`postern limits` lists them']],
    ),
    ...(anonymous ? unauthenticated : []).map((limit) => ['limit', `without a credential ${describeLimit(limit)}`, limit.definedAt]),
  ]
}

function mayCome({ security }: ManifestOperation, issuer: string): boolean {
  return security.alternatives.some(({ issuers }) => issuers.includes(issuer))
}

/** With the number by which log and metrics name it. */
function numbered(backend: ManifestBackend | null): string | null {
  return backend === null ? null : `${describeBackend(backend)} (upstream ${backend.index})`
}

/** Where it is asked for, and where its holders are named. */
function certificatePlaces({ clientCertificate: { at, holdersAt } }: ManifestOperation): string {
  return [at, holdersAt === null ? null : `holders at ${holdersAt}`].filter((place) => place !== null).join(', ')
}
