import type { Identity } from '../fixture/identity.ts'
import type { Transport } from '../fixture/transport.ts'
import type { ServerProcess } from '../machine/server-process.ts'

export type PeerContext = {
  /** Its own, empty. */
  readonly folder: string
  readonly port: number
  readonly backendPort: number
  readonly identity: Identity
  /** What its port speaks. */
  readonly transport: Transport
  /** Client connections that it must take. */
  readonly connections: number
  /** Idle connections to the backend that are worth keeping: as many as the client has, so that none is opened twice. */
  readonly keepAlive: number
}

/** A proxy that is measured, with one core for itself and its access log off. */
export type Peer = {
  readonly name: string
  /** What it is and does, for the table's legend. */
  readonly about: string
  /** Verifies the token's signature, issuer, audience, time and scope, and counts its consumer's requests. */
  readonly policies: boolean
  /** Why it cannot take part here, or `null`. */
  readonly whyMissing: () => Promise<string | null>
  readonly start: (context: PeerContext) => Promise<ServerProcess>
}
