/** A gateway that the suite can be run against, however it was started. */
import type { LogLines } from '../wire/log-lines.ts'

export type RunningGateway = {
  readonly port: number
  readonly adminPort: number
  readonly log: LogLines
  /**
   * Tells it to end, as SIGTERM does. Resolves with how many requests were cut when it has ended; rejects when it did not end in order.
   * A second call has no effect of its own.
   */
  readonly stop: () => Promise<number>
}

export type Environment = Readonly<Record<string, string>>

/** Starts a gateway of the project in that folder on free ports of the loopback interface. */
export type Start = (project: { readonly folder: string }, environment: Environment) => Promise<RunningGateway>

export const loopback: Environment = { POSTERN_HOST: '127.0.0.1', POSTERN_HTTP_PORT: '0', POSTERN_ADMIN_PORT: '0' }
