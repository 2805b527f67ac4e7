import type { Identity } from './fixture/identity.ts'
import type { BenchOptions } from './options.ts'
import type { Peer } from './peers/peer.ts'

/** What all series of one run share: the same backend, client, token and peers. */
export type BenchRun = {
  readonly options: BenchOptions
  readonly identity: Identity
  /** The token that is known to every peer's cache. */
  readonly token: string
  readonly backendPort: number
  /** Those that were asked for and are installed. */
  readonly peers: readonly Peer[]
  readonly progress: (text: string) => void
}

/** A run's peers with these names, in their own order. */
export function peersNamed(run: BenchRun, ...names: readonly string[]): readonly Peer[] {
  return run.peers.filter(({ name }) => names.includes(name))
}
