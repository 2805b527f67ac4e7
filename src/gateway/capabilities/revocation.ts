/** What is revoked. */
import type { DeniedKind, RevokedPlan } from '../../contract/plan/revocation.ts'
import type { ReadinessConditions } from '../admin/readiness.ts'
import type { RevocationMarks } from '../revocation/marks.ts'
import type { RevocationFeeds } from './revocation-feed.ts'
import type { RevocationPersistCapability } from './revocation-persist.ts'
import type { PlainSurroundings } from './surroundings.ts'

export type RevocationCapability = (
  surroundings: PlainSurroundings,
  feeds: RevocationFeeds,
  persist: RevocationPersistCapability | undefined,
  readiness: ReadinessConditions,
) => Promise<Revocations>

/** What is revoked, as this thread sees it. */
export type Revocations = {
  /** Differs from what it was before whenever something has been revoked, or is no more. */
  readonly epoch: number
  /** Once for each credential, when it is verified. */
  marksOf(credential: Revocable): RevocationMarks
  /** One comparison of numbers where nothing has changed since the last time. */
  isRevoked(marks: RevocationMarks): boolean
  /** Of callers: whom feeds may deny under these names. Once for each caller. */
  denialMarks(names: readonly DeniedName[]): RevocationMarks
  /** Whether one of them is denied just now. One comparison of numbers where none is and nothing has changed. */
  isDenied(marks: RevocationMarks): boolean
  /** Something was revoked through this gateway: from now on all threads know, until the entry ends or the process does. */
  revokeHere(entry: RevokedPlan): void
  /** By an operation's `onStale`; one object for each rule. */
  freshness(rule: number | null): Freshness
  /** Called a few times a second. */
  sweep(): void
}

/** `name`: as `readEntry` has it, a network by its bits. */
export type DeniedName = { readonly kind: DeniedKind; readonly name: string }

/** `unknown`: what is revoked is not known well enough, and a credential that is not known to be revoked is refused all the same. */
export type Freshness = { readonly unknown: boolean }

/** Under which names a credential could be revoked; `null` where it has none of that kind. */
export type Revocable = {
  /** Of the project; `null` for credentials that come from none. */
  readonly issuer: string | null
  /** A token's claim. */
  readonly id: string | null
  /** The whole text of a token; its digest bars it. */
  readonly text: string | null
  /** What WSO2 revokes by: the part of a JWT that is its signature, or the whole of an opaque token. */
  readonly signature: string | null
  /** What may stand in its place, where a signature has two forms. */
  readonly otherSignature: string | null
  readonly client: string | null
  readonly user: string | null
  /** Id of the key that signed it. */
  readonly key: string | null
  /** Id of an API key. */
  readonly apiKey: string | null
  /** Seconds since the epoch; where nothing says it, whatever bars a client or user bars it. */
  readonly issuedAt: number | null
}
