import type { SourceReference } from './source-reference.ts'

export type ManifestUpgrade = {
  readonly protocol: string
  /** 0: no bound. */
  readonly idleMilliseconds: number
  readonly lifeMilliseconds: number
  readonly tokenProtocol: string | null
  /** `null`: there are no frames. */
  readonly maxFrameBytes: number | null
  /** What a client may send at once, and again within `perMilliseconds`; 0 is no bound. */
  readonly limit: { readonly frames: number; readonly bytes: number; readonly perMilliseconds: number } | null
  /** Tunnels of one consumer at the same time; 0: no bound. */
  readonly perConsumer: number
  readonly at: SourceReference
}
