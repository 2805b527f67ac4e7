/** What is told of callers and to whom: pages of other origins, and backends. Requests show some of it only. */
import { writtenSettings } from '../../compiler/plan/written-settings.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Outcome } from './outcome.ts'
import { same } from './same.ts'

export function certifiedPages(manifest: Manifest, plan: GatewayPlan): Outcome {
  return same(
    'pages of other origins',
    manifest.operations.map(({ cors }) =>
      cors === null ? null : [cors.origins, cors.headers, cors.expose, cors.credentials, cors.maxAgeSeconds],
    ),
    plan.operations.map(({ cors: index }) => {
      const cors = index === null ? undefined : plan.cors[index]
      return cors === undefined ? null : [cors.origins, cors.headers, cors.expose, cors.credentials, cors.maxAge]
    }),
  )
}

export function certifiedTelling(manifest: Manifest, plan: GatewayPlan): Outcome {
  const [certified, planned] = [manifest.backendToken, plan.backendToken]
  return same(
    'what backends are told of callers',
    [
      certified === null
        ? null
        : [
            [certified.header, certified.key, certified.algorithm, certified.issuer, certified.audiences],
            [certified.dialect, certified.claims, certified.lifetimeSeconds],
          ],
      manifest.consumerFields.map(({ name, value }) => [name, value]),
      manifest.operations.map(({ identity: { token, fields, credential } }) => [token, fields, credential]),
    ],
    [
      planned === null
        ? null
        : [
            [planned.header, writtenSettings(planned.key), planned.algorithm, planned.issuer, planned.audiences],
            [planned.dialect, planned.claims, planned.lifetime / 1000],
          ],
      plan.consumerFields.map(({ name, value }) => [name, value.kind === 'fact' ? value.fact : `claims.${value.name}`]),
      plan.operations.map(({ identity: { token, fields, credential } }) => [token, fields, credential]),
    ],
  )
}
