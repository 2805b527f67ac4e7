/** The capability `upgrade`: operations that may leave HTTP, and the tunnels that are open. */
import type { Socket } from 'node:net'
import type { OperationPlan, UpgradePlan } from '../../contract/plan.ts'
import type { Tunnel, UpgradeCapability } from '../capabilities.ts'
import type { Exchange } from '../exchange.ts'
import { handshakeStep, webSocketFields } from './handshake.ts'
import { SocketTunnel } from './socket-tunnel.ts'
import { TunnelCounts } from './tunnel-counts.ts'

export const upgradeCapability: UpgradeCapability = ({ plan, clock, metrics }, time) => {
  const counts = new TunnelCounts()
  const open = new Set<Tunnel>()
  metrics.tunnels = counts
  const join = (
    client: Socket,
    backend: Socket,
    { token }: Exchange,
    extensions: boolean,
    upgrade: UpgradePlan,
    operation: OperationPlan,
  ): Tunnel => {
    const patience = operation.bodyIdle || plan.timeouts.bodyIdle
    const closed = (tunnel: Tunnel): void => {
      open.delete(tunnel)
    }
    const tunnel = new SocketTunnel({ client, backend, plan: upgrade, token, extensions, patience, clock, time, counts, closed })
    open.add(tunnel)
    return tunnel
  }
  return {
    open,
    watchedFields: webSocketFields,
    handshake: (operation, fields) => {
      const { upgrade } = operation
      if (upgrade === null) return null
      return handshakeStep(upgrade, fields, (client, backend, exchange, extensions) =>
        join(client, backend, exchange, extensions, upgrade, operation),
      )
    },
  }
}
