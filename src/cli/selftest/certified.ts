/**
 * What is replaced cannot be tested by requests, so that it is compared first: the plan's own keys, addresses and amounts with those that
 * the certificate tells. Each difference is a failure.
 */
import { calculateJwkThumbprint } from 'jose'
import type { Json } from '../../compiler/plan/canonical.ts'
import { writtenPlanCondition } from '../../compiler/plan/written-condition.ts'
import type { ManifestIssuer } from '../../contract/manifest/issuer.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { KeyPlan } from '../../contract/plan/keys.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { certifiedApplications, certifiedInFlight } from './certified-callers.ts'
import { certifiedStore, certifiedThrottling } from './certified-limits.ts'
import { certifiedRevocation } from './certified-revocation.ts'
import {
  certifiedBackend,
  certifiedIntrospection,
  certifiedKeySet,
  plannedBackend,
  plannedIntrospection,
  plannedKeySet,
} from './certified-services.ts'
import { certifiedPages, certifiedTelling } from './certified-telling.ts'
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
    plan.issuers.map(async ({ issuer, audiences, clockSkew, claims, profile, senderConstrained, keys, fetchedKeys, introspection }) => [
      [issuer, audiences, clockSkew, claims, profile, senderConstrained],
      [await keysOf(keys), plannedKeySet(fetchedKeys), plannedIntrospection(introspection)],
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
  // APIs may have one name and several versions.
  const namesOf = (apis: readonly string[]): readonly string[] => [...new Set(apis)].toSorted()
  return [
    same(
      'issuers, their keys and where they are asked',
      manifest.issuers.map(
        ({ issuer, audiences, clockSkewSeconds, claims, profile, senderConstrained, keys, fetchedKeys, introspection }) => [
          [issuer, audiences, clockSkewSeconds, claims, profile, senderConstrained],
          [certifiedKeys(keys), certifiedKeySet(fetchedKeys), certifiedIntrospection(introspection)],
        ],
      ),
      issuers,
    ),
    same(
      'issuers of API keys and their keys',
      manifest.apiKeyIssuers.map(({ issuer, keys }) => [issuer, certifiedKeys(keys)]),
      apiKeyIssuers,
    ),
    same(
      'API keys',
      manifest.apiKeys.map(({ id, digest, consumer, tier, scopes, apis, addresses, origins, expires }) => [
        [id, digest, consumer, tier, worth(scopes)],
        [apis === null ? null : namesOf(apis), addresses, origins, expires],
      ]),
      plan.apiKeys.map(({ id, digest, consumer, tier, scopes, apis, addresses, origins, expiresAt }) => [
        [id, digest.kind, consumer, tier, planned(scopes)],
        [
          apis === null ? null : namesOf(apis.map((api) => plan.apis[api]?.name ?? '')),
          addresses,
          origins,
          expiresAt === null ? null : new Date(expiresAt).toISOString(),
        ],
      ]),
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
            manifest.clientCertificates.holders.map(({ id, consumer, thumbprint, subject, san }) => [
              id,
              consumer,
              thumbprint,
              subject,
              san,
            ]),
            manifest.clientCertificates.header,
          ],
      certificates === null
        ? null
        : [
            certificates.authorities.map(({ subject, pem }) => [subject, thumbprintOf(pem).toString('hex')]),
            certificates.holders.map(({ id, consumer, thumbprint, subject, name }) => [id, consumer, thumbprint, subject, name]),
            certificates.header,
          ],
    ),
    same('backends', manifest.backends.map(certifiedBackend), plan.upstreams.map(plannedBackend)),
    same(
      'settings and what holds without them',
      manifest.settings.map(({ name, default: value }) => [name, value]),
      plan.settings.map(({ name, default: value }) => [name, value]),
    ),
    same('trusted proxies', manifest.listeners.trustedProxies, plan.trustedProxies),
    same(
      'ports, and public origins',
      [manifest.listeners.http, manifest.listeners.https, manifest.listeners.httpsRequiredBy, manifest.listeners.publicOrigins],
      [plan.listen.http, plan.listen.https, plan.listen.httpsRequiredBy, plan.publicOrigins],
    ),
    same('bounds', manifest.bounds, plan.limits),
    ...certifiedRevocation(manifest, plan),
    certifiedPages(manifest, plan),
    certifiedTelling(manifest, plan),
    certifiedApplications(manifest, plan),
    certifiedInFlight(manifest, plan),
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
