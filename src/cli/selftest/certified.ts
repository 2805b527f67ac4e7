/**
 * What is replaced cannot be tested by requests, so that it is compared first: the plan's own keys, addresses and amounts with those that
 * the certificate tells. Each difference is a failure.
 */
import { calculateJwkThumbprint } from 'jose'
import { writtenSettings } from '../../compiler/plan/written-settings.ts'
import type { Manifest, ManifestIssuer, ManifestLimit } from '../../contract/manifest.ts'
import type { GatewayPlan, KeyPlan, LimitPlan, OperationPlan } from '../../contract/plan.ts'
import { thumbprintOf } from './client-certificates.ts'
import type { Outcome } from './outcome.ts'

/** Of the whole gateway, in the order of the plan. */
export async function certifiedParts(plan: GatewayPlan, manifest: Manifest): Promise<readonly Outcome[]> {
  const keysOf = (keys: readonly KeyPlan[]): Promise<readonly unknown[]> =>
    Promise.all(keys.map(async ({ jwk, kid, algorithms }) => [await calculateJwkThumbprint({ ...jwk }), kid, algorithms]))
  const certifiedKeys = (keys: ManifestIssuer['keys']): readonly unknown[] =>
    keys.map(({ thumbprint, kid, algorithms }) => [thumbprint, kid, algorithms])
  const issuers = await Promise.all(
    plan.issuers.map(async ({ issuer, keys, fetchedKeys, introspection }) => [
      issuer,
      await keysOf(keys),
      fetchedKeys === null ? null : writtenSettings(fetchedKeys.service.url),
      introspection === null ? null : writtenSettings(introspection.service.url),
    ]),
  )
  const apiKeyIssuers = await Promise.all(plan.apiKeyIssuers.map(async ({ issuer, keys }) => [issuer, await keysOf(keys)]))
  const certificates = plan.clientCertificates
  return [
    same(
      'issuers, their keys and where they are asked',
      manifest.issuers.map(({ issuer, keys, fetchedKeys, introspection }) => [
        issuer,
        certifiedKeys(keys),
        fetchedKeys?.url ?? null,
        introspection?.url ?? null,
      ]),
      issuers,
    ),
    same(
      'issuers of API keys and their keys',
      manifest.apiKeyIssuers.map(({ issuer, keys }) => [issuer, certifiedKeys(keys)]),
      apiKeyIssuers,
    ),
    same(
      'API keys',
      manifest.apiKeys.map(({ id, digest, consumer, tier, scopes }) => [id, digest, consumer, tier, scopes]),
      plan.apiKeys.map(({ id, digest, consumer, tier, scopes }) => [
        id,
        digest.kind,
        consumer,
        tier,
        scopes.map((scope) => plan.scopes[scope]),
      ]),
    ),
    same(
      'users',
      manifest.users.map(({ name, digest, scopes }) => [name, digest, scopes]),
      plan.users.map(({ name, password, scopes }) => [name, password.kind, scopes.map((scope) => plan.scopes[scope])]),
    ),
    same(
      'authorities of client certificates and holders',
      manifest.clientCertificates === null
        ? null
        : [
            manifest.clientCertificates.authorities.map(({ subject, fingerprint }) => [subject, fingerprint]),
            manifest.clientCertificates.holders.map(({ id, thumbprint, subject, san }) => [id, thumbprint, subject, san]),
          ],
      certificates === null
        ? null
        : [
            certificates.authorities.map(({ subject, pem }) => [subject, thumbprintOf(pem).toString('hex')]),
            certificates.holders.map(({ id, thumbprint, subject, name }) => [id, thumbprint, subject, name]),
          ],
    ),
    same(
      'backends',
      manifest.backends.map(({ url, http, tls, credential }) => [url, http, tls !== null, credential?.kind ?? null]),
      plan.upstreams.map(({ url, http, tls, credential }) => [writtenSettings(url), http, tls !== null, credential?.kind ?? null]),
    ),
    same('trusted proxies', manifest.listeners.trustedProxies, plan.trustedProxies),
    same(
      'what is revoked, and the feeds that say so',
      manifest.revocation === null ? null : [manifest.revocation.snapshot, manifest.revocation.feeds.map(({ type }) => type)],
      plan.revocation === null ? null : [plan.revocation.snapshot.length, plan.revocation.feeds.map(({ kind }) => kind)],
    ),
    same('requests that are refused in any case', manifest.deny.length, plan.deny.length),
    same(
      'operations',
      manifest.operations.map(({ id, method, template }) => [id, method, template]),
      plan.operations.map(({ id, method, template }) => [id, method, template]),
    ),
  ]
}

/** Of one operation: `undefined` for one that the plan does not have. */
export function certifiedLimits(limits: readonly ManifestLimit[], operation: OperationPlan | undefined, plan: GatewayPlan): Outcome {
  const { conditionalLimits, hardLimits } = operation ?? { conditionalLimits: { api: [], operation: [] }, hardLimits: null }
  const indexes = [
    ...[...conditionalLimits.api, ...conditionalLimits.operation].map(({ limit }) => limit),
    ...(operation?.limits ?? []),
    hardLimits?.production ?? null,
    hardLimits?.sandbox ?? null,
  ].filter((index) => index !== null)
  return same(
    'limits',
    limits.map((limit) => [
      limit.tier,
      limit.level,
      limit.by,
      limit.whenUsedUp,
      limit.windows.map(({ unit, amount, algorithm, windowSeconds, burst }) => [unit, amount, algorithm, windowSeconds, burst]),
    ]),
    indexes.map((index) => plannedLimit(plan.throttling.limits[index])),
  )
}

function plannedLimit(limit: LimitPlan | undefined): unknown {
  if (limit === undefined) return null
  return [
    limit.tier,
    limit.level,
    limit.by,
    limit.whenUsedUp,
    limit.windows.map((window) => [
      window.unit,
      window.amount,
      window.algorithm,
      window.algorithm === 'calendar' ? null : window.window / 1000,
      window.algorithm === 'gcra' ? window.burst : null,
    ]),
  ]
}

function same(name: string, certified: unknown, planned: unknown): Outcome {
  const [expected, found] = [JSON.stringify(certified), JSON.stringify(planned)]
  const test = `as certified: ${name}`
  return expected === found ? { kind: 'passed', test } : { kind: 'failed', test, expected: shortened(expected), found: shortened(found) }
}

/** Of what would fill a screen, enough to see what it is about. */
function shortened(text: string): string {
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`
}
