/** What is counted of all tunnels of a gateway. */
import type { CredentialEnd } from '../capabilities/credential-watch.ts'
import type { TunnelFigures } from '../observability/tunnel-metrics.ts'

/** Why a tunnel ended: the words of log and metrics. */
export type TunnelEnd =
  /** Both sides have closed it in order. */
  | 'closed'
  | 'client-gone'
  | 'backend-gone'
  | 'client-stalled'
  | 'backend-stalled'
  | 'idle'
  | 'life'
  | CredentialEnd
  | 'limit'
  | 'malformed-frame'
  | 'frame-too-large'
  | 'draining'

export class TunnelCounts implements TunnelFigures {
  open: number = 0
  framesIn: number = 0
  framesOut: number = 0
  bytesIn: number = 0
  bytesOut: number = 0
  readonly closed: Map<TunnelEnd, number> = new Map()
  readonly refused: Map<string, number> = new Map()

  /** `reason`: a fixed word. */
  refuse(reason: string): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1)
  }

  ended(end: TunnelEnd): void {
    this.open--
    this.closed.set(end, (this.closed.get(end) ?? 0) + 1)
  }
}
