import type { CorsPlan } from '../../../contract/plan/cors.ts'
import type { Method } from '../../../contract/plan/method.ts'
import type { OperationPlan, PathSegment } from '../../../contract/plan/operation.ts'
import type { UpgradePlan } from '../../../contract/plan/upgrade.ts'
import type { Location } from '../../source/location.ts'
import type { Backend } from './backend.ts'
import type { ToldIdentity } from './backend-identity.ts'
import type { Decided, Placed } from './placed.ts'
import type { WrittenOnStale } from './revocation.ts'
import type { Security } from './security.ts'
import type { Throttle } from './throttling.ts'

export type Operation = {
  readonly method: Method
  /** The template as the definition writes it, without base path. */
  readonly template: string
  /** The template's segments, canonical; without base path. */
  readonly path: readonly PathSegment[]
  /** What the definition promises to take beside the path. Nothing is enforced by it. */
  readonly parameters: readonly Parameter[]
  readonly operationId: string | null
  readonly at: Location
  readonly security: Security
  /** Whose tokens will do; `null` for those of any issuer. */
  readonly issuers: Placed<readonly Placed<string>[]> | null
  /** Whose certificates will do; `null` for any of the project's authorities. */
  readonly certificates: Placed<readonly Placed<string>[]> | null
  readonly throttle: Throttle | null
  readonly production: Placed<Backend> | null
  readonly sandbox: Placed<Backend> | null
  /** Whether neither is there because what was given could not be read, which is reported. */
  readonly backendRefused: boolean
  /** Bytes. */
  readonly maxBody: Decided<number>
  /** Milliseconds; 0 for no bound. */
  readonly answerTimeout: Decided<number>
  readonly exchangeTimeout: Decided<number>
  /** How long bodies and streams may rest, in milliseconds; 0 for no bound. `null`: the defaults, which differ for the two. */
  readonly idle: Placed<number> | null
  readonly upgrade: Placed<Upgrade> | null
  /** `null`: left to the backend. */
  readonly cors: Placed<Cors> | null
  /** `null`: a definition's own. See OperationPlan. */
  readonly keyManager: OperationPlan['keyManager']
  readonly identity: ToldIdentity
  /** Members that are `null` are the project's; `null`: all of them. */
  readonly onStale: Placed<WrittenOnStale> | null
}

/** One thing that clients may send, or must; the name of a body is empty. */
export type Parameter = {
  readonly in: 'query' | 'header' | 'cookie' | 'body' | 'formData'
  readonly name: string
  readonly required: boolean
  readonly at: Location
}

/** See CorsPlan. `methods`: those whose operations it holds for; the others are no other origin's. */
export type Cors = CorsPlan & { readonly methods: 'any' | readonly Method[] }

/** See UpgradePlan: nothing of it depends on anything else. */
export type Upgrade = UpgradePlan
