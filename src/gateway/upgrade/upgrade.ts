/** The capability `upgrade`: operations that may leave HTTP, and the tunnels that are open. */
import type { Socket } from 'node:net'
import type { OperationPlan, UpgradePlan } from '../../contract/plan.ts'
import type { Tunnel, UpgradeCapability } from '../capabilities.ts'
import { DroppedTokens, droppedTokensName } from '../dropped-tokens.ts'
import type { Exchange } from '../exchange.ts'
import { shareOf } from '../serving-thread.ts'
import { DroppedSince } from './dropped-since.ts'
import { handshakeStep, webSocketFields } from './handshake.ts'
import { SocketTunnel } from './socket-tunnel.ts'
import { TunnelCounts } from './tunnel-counts.ts'
import { BackendPlaces, ConsumerPlaces, TunnelPlace } from './tunnel-places.ts'

export const upgradeCapability: UpgradeCapability = ({ plan, clock, metrics, shared, thread, revocations }, time) => {
  const counts = new TunnelCounts()
  const open = new Set<Tunnel>()
  const backends = new BackendPlaces(plan.upstreams.length, shareOf(plan.limits.maxTunnels, thread))
  metrics.tunnels = counts
  const revokes = plan.operations.some(({ keyManager }) => keyManager?.endpoint === 'revoke')
  const dropped = revokes ? new DroppedSince(new DroppedTokens(shared(droppedTokensName, DroppedTokens.make))) : null
  /** Whether a token was revoked through the gateway since the last look; `from`: the place of the first. */
  const droppedCheck = (digest: string | null, from: number): (() => boolean) => {
    if (dropped === null || digest === null) return () => false
    let seen = from
    return () => {
      const before = seen
      seen = dropped.position
      return dropped.includes(digest, before, seen)
    }
  }
  const join = (
    client: Socket,
    backend: Socket,
    { token, apiKey, user, certificate, upgrade: request }: Exchange,
    extensions: boolean,
    upgrade: UpgradePlan,
    operation: OperationPlan,
  ): Tunnel => {
    const marks = [token?.marks, apiKey?.marks].filter((each) => each !== null && each !== undefined)
    const isDropped = droppedCheck(token?.digest ?? null, request!.place.droppedBefore)
    const patience = operation.bodyIdle || plan.timeouts.bodyIdle
    const closed = (tunnel: Tunnel): void => {
      open.delete(tunnel)
    }
    const tunnel = new SocketTunnel({
      client,
      backend,
      plan: upgrade,
      token,
      certificate,
      grantEndsAt: Math.min(apiKey?.expiresAt ?? Number.POSITIVE_INFINITY, user?.expiresAt ?? Number.POSITIVE_INFINITY),
      revoked: () => isDropped() || (revocations !== null && marks.some((each) => revocations.isRevoked(each))),
      extensions,
      patience,
      clock,
      time,
      counts,
      closed,
    })
    open.add(tunnel)
    return tunnel
  }
  return {
    open,
    watchedFields: webSocketFields,
    handshake: (operation, fields) => {
      const { upgrade } = operation
      if (upgrade === null) return null
      const consumers = new ConsumerPlaces(upgrade.perConsumer)
      return handshakeStep(upgrade, fields, {
        join: (client, backend, exchange, extensions) => join(client, backend, exchange, extensions, upgrade, operation),
        newPlace: () => new TunnelPlace(backends, consumers, counts, dropped?.position ?? 0),
      })
    },
  }
}
