/** A server that says what is revoked, and what may happen to it. */
import type { Random } from '../../random.ts'

export type Revocation = { readonly jti: string; readonly iss: string; readonly exp: number }

export type Source = {
  readonly name: string
  /** The feeds of the project, as YAML. */
  readonly feeds: string
  /** Milliseconds that 99 of 100 revocations may take while all is well. */
  readonly mostDelay: number
  readonly port: number
  /** Settings with which it is reached at that port of this machine. */
  readonly settings: (port: number) => Readonly<Record<string, string>>
  /** Resolves when the server has acknowledged it; rejects when it has not, and may have it all the same. */
  readonly revoke: (revocation: Revocation) => Promise<void>
  /** Each leaves the server as it should be. */
  readonly troubles: readonly Trouble[]
  readonly end: () => Promise<void>
}

export type Trouble = { readonly name: string; readonly happen: (random: Random) => Promise<void> }
