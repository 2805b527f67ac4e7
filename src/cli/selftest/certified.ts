/**
 * What is replaced cannot be tested by requests, so that it is compared first: the plan's own keys, addresses and amounts with those that
 * the certificate tells. Each difference is a failure.
 */
import { calculateJwkThumbprint } from 'jose'
import type { Json } from '../../compiler/plan/canonical.ts'
import { writtenPlanCondition } from '../../compiler/plan/written-condition.ts'
import { writtenSettings } from '../../compiler/plan/written-settings.ts'
import type { ManifestIssuer } from '../../contract/manifest/issuer.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { KeyPlan } from '../../contract/plan/keys.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { certifiedStore, certifiedThrottling } from './certified-limits.ts'
import { thumbprintOf } from './client-certificates.ts'
import type { Outcome } from './outcome.ts'
import { same } from './same.ts'

/** Of the whole gateway, in the order of the plan. */
export async function certifiedParts(plan: GatewayPlan, manifest: Manifest): Promise<readonly Outcome[]> {
  const keysOf = (keys: readonly KeyPlan[]): Promise<readonly Json[]> =>
    Promise.all(keys.map(async ({ jwk, kid, algorithms }) => [await calculateJwkThumbprint({ ...jwk }), kid, algorithms]))
  const certifiedKeys = (keys: ManifestIssuer['keys']): readonly Json[] =>
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
  // Scopes that no operation asks for are worth nothing, and stand in no plan.
  const asked = new Set(
    manifest.operations.flatMap(({ security }) =>
      security.alternatives.flatMap(({ credentials }) => credentials.flatMap(({ scopes }) => scopes)),
    ),
  )
  const worth = (scopes: readonly string[]): readonly string[] => scopes.filter((scope) => asked.has(scope)).toSorted()
  const planned = (scopes: readonly number[]): readonly string[] => scopes.map((scope) => plan.scopes[scope] ?? '').toSorted()
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
      manifest.apiKeys.map(({ id, digest, consumer, tier, scopes }) => [id, digest, consumer, tier, worth(scopes)]),
      plan.apiKeys.map(({ id, digest, consumer, tier, scopes }) => [id, digest.kind, consumer, tier, planned(scopes)]),
    ),
    same(
      'users',
      manifest.users.map(({ name, digest, scopes }) => [name, digest, worth(scopes)]),
      plan.users.map(({ name, password, scopes }) => [name, password.kind, planned(scopes)]),
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
    same(
      'requests that are refused in any case',
      manifest.deny.map(({ conditions }) => conditions),
      plan.deny.map((entry) => entry.map((condition) => writtenPlanCondition(condition, plan.apis))),
    ),
    certifiedThrottling(manifest, plan),
    certifiedStore(manifest, plan),
    same(
      'sizes of bodies',
      manifest.operations.map(({ maxBody }) => maxBody.bytes),
      plan.operations.map(({ maxBody }) => maxBody),
    ),
    same(
      'bounds of time',
      [
        manifest.timeouts,
        manifest.extensions?.timeoutMilliseconds ?? null,
        manifest.operations.map(
          ({ timeouts: { answerMilliseconds, exchangeMilliseconds, bodyIdleMilliseconds, streamIdleMilliseconds } }) => [
            answerMilliseconds,
            exchangeMilliseconds,
            bodyIdleMilliseconds,
            streamIdleMilliseconds,
          ],
        ),
      ],
      [
        plan.timeouts,
        plan.extensions?.timeout ?? null,
        plan.operations.map(({ answerTimeout, exchangeTimeout, bodyIdle, streamIdle }) => [
          answerTimeout,
          exchangeTimeout,
          bodyIdle,
          streamIdle,
        ]),
      ],
    ),
    same(
      'operations',
      manifest.operations.map(({ id, method, template }) => [id, method, template]),
      plan.operations.map(({ id, method, template }) => [id, method, template]),
    ),
  ]
}
