/** Who subscribes to what, and what callers may have open at the same time: requests show one caller, and one request after the other. */
import type { Manifest } from '../../contract/manifest.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Outcome } from './outcome.ts'
import { same } from './same.ts'

export function certifiedApplications(manifest: Manifest, plan: GatewayPlan): Outcome {
  const holderOf = (holder: string): string =>
    holder.replace(/^client:(\d+):/, (_, index: string) => `client:${plan.issuers[Number(index)]?.issuer}:`)
  return same(
    'applications and their subscriptions',
    manifest.applications.map(({ id, uuid, name, owner, tier, keys, subscriptions }) => [
      [id, uuid, name, owner, tier],
      keys.map(({ holder, keyType, domains }) => [holder, keyType, domains]),
      subscriptions.map(({ api, version, tier: named, state }) => [api, version, named, state]),
    ]),
    plan.applications.map(({ id, uuid, name, owner, tier, keys, subscriptions }) => [
      [id, uuid, name, owner, tier],
      keys.map(({ holder, keyType, domains }) => [holderOf(holder), keyType, domains]),
      subscriptions.map(({ api, tier: named, state }) => [plan.apis[api]?.name ?? '', plan.apis[api]?.version ?? '', named, state]),
    ]),
  )
}

export function certifiedInFlight(manifest: Manifest, plan: GatewayPlan): Outcome {
  return same(
    'requests in flight, and tunnels',
    manifest.operations.map(({ concurrency, upgrade }) => [
      concurrency === null
        ? null
        : [concurrency.api, concurrency.consumer, concurrency.production, concurrency.sandbox, concurrency.waitMilliseconds],
      upgrade === null
        ? null
        : [
            [upgrade.protocol, upgrade.tokenProtocol, upgrade.idleMilliseconds, upgrade.lifeMilliseconds, upgrade.maxFrameBytes ?? 0],
            [
              upgrade.limit === null ? null : [upgrade.limit.frames, upgrade.limit.bytes, upgrade.limit.perMilliseconds],
              upgrade.perConsumer,
            ],
          ],
    ]),
    plan.operations.map(({ concurrency, upgrade }) => [
      concurrency === null ? null : [concurrency.api, concurrency.consumer, concurrency.production, concurrency.sandbox, concurrency.wait],
      upgrade === null
        ? null
        : [
            [upgrade.protocol, upgrade.tokenProtocol, upgrade.idle, upgrade.life, upgrade.maxFrame],
            [upgrade.limit === null ? null : [upgrade.limit.frames, upgrade.limit.bytes, upgrade.limit.per], upgrade.perConsumer],
          ],
    ]),
  )
}
