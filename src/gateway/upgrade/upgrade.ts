/** The capability `upgrade`: operations that may leave HTTP, and the tunnels that are open. */
import type { Socket } from 'node:net'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { UpgradePlan } from '../../contract/plan/upgrade.ts'
import type { Tunnel, UpgradeCapability } from '../capabilities/upgrade.ts'
import type { Exchange } from '../exchange.ts'
import { shareOf } from '../serving-thread.ts'
import { handshakeStep, webSocketFields } from './handshake.ts'
import { SocketTunnel } from './socket-tunnel.ts'
import { TunnelCounts } from './tunnel-counts.ts'
import { BackendPlaces, ConsumerPlaces, TunnelPlace } from './tunnel-places.ts'

export const upgradeCapability: UpgradeCapability = ({ plan, clock, metrics, thread, credentialWatch }, time) => {
  const counts = new TunnelCounts()
  const open = new Set<Tunnel>()
  const backends = new BackendPlaces(plan.upstreams.length, shareOf(plan.limits.maxTunnels, thread))
  metrics.tunnels = counts
  const join = (
    client: Socket,
    backend: Socket,
    exchange: Exchange,
    extensions: boolean,
    upgrade: UpgradePlan,
    operation: OperationPlan,
  ): Tunnel => {
    const patience = operation.bodyIdle || plan.timeouts.bodyIdle
    const closed = (tunnel: Tunnel): void => {
      open.delete(tunnel)
    }
    const tunnel = new SocketTunnel({
      client,
      backend,
      plan: upgrade,
      token: exchange.token,
      // The exchange is the connection's, which has no other one until the tunnel has closed.
      credentialEnd: () => credentialWatch?.ended(exchange, true) ?? null,
      meter: exchange.meter,
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
        newPlace: () => new TunnelPlace(backends, consumers, counts),
      })
    },
  }
}
