/** What is counted of all tunnels, as metrics. */
import type { Exposition } from './exposition.ts'

/** Read when metrics are rendered. Bytes are those on the wire after the 101; frames are those of WebSocket. */
export type TunnelFigures = {
  readonly open: number
  readonly framesIn: number
  readonly framesOut: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** By why they ended: one of a fixed set of words. */
  readonly closed: ReadonlyMap<string, number>
  /** Those for which there was no place, by which bound said so. */
  readonly refused: ReadonlyMap<string, number>
}

export function writeTunnels(out: Exposition, tunnels: TunnelFigures): void {
  out.single('postern_tunnels_open', 'gauge', 'Connections that have left HTTP and are open.', tunnels.open)
  out.family('postern_tunnel_frames_total', 'counter', 'WebSocket frames, from clients (in) and to them (out).')
  out.sample('postern_tunnel_frames_total', { direction: 'in' }, tunnels.framesIn)
  out.sample('postern_tunnel_frames_total', { direction: 'out' }, tunnels.framesOut)
  out.family('postern_tunnel_bytes_total', 'counter', 'Bytes after the switch of protocols, from clients (in) and to them (out).')
  out.sample('postern_tunnel_bytes_total', { direction: 'in' }, tunnels.bytesIn)
  out.sample('postern_tunnel_bytes_total', { direction: 'out' }, tunnels.bytesOut)
  out.family('postern_tunnels_closed_total', 'counter', 'Connections that had left HTTP and have ended.')
  for (const [reason, count] of tunnels.closed) out.sample('postern_tunnels_closed_total', { reason }, count)
  out.family('postern_tunnels_refused_total', 'counter', 'Requests to leave HTTP for which there was no place.')
  for (const [reason, count] of tunnels.refused) out.sample('postern_tunnels_refused_total', { reason }, count)
}
