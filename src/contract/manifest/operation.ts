/** What protects one operation, and where that is written. */
import type { ExtensionStep } from '../extension.ts'
import type { ConcurrencyPlan } from '../plan/concurrency.ts'
import type { KeyManagerEndpoint } from '../plan/operation.ts'
import type { ManifestBackend } from './backend.ts'
import type { ManifestCors } from './cors.ts'
import type { ManifestLimit } from './limit.ts'
import type { SourceReference } from './source-reference.ts'
import type { ManifestUpgrade } from './upgrade.ts'

/** What a definition promises to take beside the path: for clients. The gateway holds nobody to it. The name of a body is empty. */
export type ManifestParameter = {
  readonly in: 'query' | 'header' | 'cookie' | 'body' | 'formData'
  readonly name: string
  readonly required: boolean
  readonly at: SourceReference
}

export type ManifestOperation = {
  readonly api: string
  readonly id: string
  readonly method: string
  readonly template: string
  readonly at: SourceReference
  readonly parameters: readonly ManifestParameter[]
  readonly security: {
    /** `credentials`: API keys or passwords take part. */
    readonly kind: 'public' | 'certificate' | 'token' | 'credentials'
    /** Why the operation is as it is: where the requirement, or the waiver from it, is written. */
    readonly at: SourceReference
    /** The field that carries the token, and where it is named; null for the usual one. */
    readonly header: string | null
    readonly headerAt: SourceReference | null
    /** Where the issuers are named whose tokens will do; null where those of any will. */
    readonly issuersAt: SourceReference | null
    /** Tokens that are bound to a key are accepted, with a proof for each request. */
    readonly dpop: boolean
    readonly anonymous: boolean
    /** A good client certificate does without a token. */
    readonly certificateSuffices: boolean
    /** Where API keys are looked for. */
    readonly apiKeyPlaces: readonly { readonly in: 'header' | 'query' | 'cookie'; readonly name: string }[]
    /** Any one of them suffices (OR). */
    readonly alternatives: readonly {
      /**
       * What must be there (AND), each with the scopes that it must have itself. A certificate alone stands in
       * `certificateSuffices`, unless the kind is `credentials`.
       */
      readonly credentials: readonly {
        readonly kind: 'token' | 'apiKey' | 'basic' | 'certificate'
        readonly scopes: readonly string[]
      }[]
      readonly issuers: readonly string[]
      /** Together with a good client certificate. */
      readonly certificate: boolean
    }[]
  }
  readonly clientCertificate: {
    /** `optional`: none will do, but one that is given must be good. */
    readonly asked: 'unused' | 'optional' | 'required'
    readonly at: SourceReference | null
    /** Whose will do, and where that is written; `null`: any that an authority of the whole gateway vouches for. */
    readonly holders: readonly string[] | null
    readonly holdersAt: SourceReference | null
  }
  /** Whose application must be subscribed to the API: `issuers` names those whose tokens need it. `null`: nobody’s. */
  readonly subscription: {
    readonly issuers: readonly string[]
    readonly apiKeysAndUsers: boolean
    readonly certificate: boolean
    /** Where it is said of the API; `null` where its issuers or the project say it. */
    readonly at: SourceReference | null
  } | null
  /** The steps that the project's own modules do here. */
  readonly extensions: readonly ExtensionStep[]
  /** How clients must come, and where that is written; null where nothing is said. */
  readonly transport: { readonly kind: 'any' | 'https' | 'http'; readonly at: SourceReference | null }
  /** In the order in which they are checked; those of callers' own tiers stand in `throttling`. */
  readonly limits: readonly ManifestLimit[]
  /** Requests of the API that may be in flight at the same time; 0: no bound. `null`: none of these is. */
  readonly concurrency: (Omit<ConcurrencyPlan, 'wait'> & { readonly waitMilliseconds: number; readonly at: SourceReference }) | null
  /** Callers' own tiers hold here, or the one for callers without a credential. */
  readonly callerLimits: boolean
  /** Settings stand as `${NAME}`; never a resolved value. */
  readonly backends: { readonly production: ManifestBackend | null; readonly sandbox: ManifestBackend | null }
  readonly maxBody: { readonly bytes: number; readonly at: SourceReference | null }
  readonly timeouts: {
    readonly answerMilliseconds: number
    readonly answerAt: SourceReference | null
    readonly exchangeMilliseconds: number
    readonly exchangeAt: SourceReference | null
    /** 0: no bound. */
    readonly bodyIdleMilliseconds: number
    readonly streamIdleMilliseconds: number
    readonly idleAt: SourceReference | null
  }
  /** What the backend is told of who calls, and where that is written; null where nothing says so. */
  readonly identity: {
    readonly token: boolean
    readonly tokenAt: SourceReference | null
    readonly fields: boolean
    readonly fieldsAt: SourceReference | null
    readonly credential: boolean
    readonly credentialAt: SourceReference | null
  }
  readonly upgrade: ManifestUpgrade | null
  /** `null`: left to the backend. */
  readonly cors: ManifestCors | null
  /** An endpoint of an issuer's key manager, to which the client's credentials go on; `null` for all others. */
  readonly keyManager: { readonly endpoint: KeyManagerEndpoint; readonly issuer: string } | null
  /**
   * What holds when it is not known what is revoked, and where the definition says so; `at` is `null` where it is as for the whole project.
   * `null`: nobody comes with what can be revoked, or no feed could be out of date.
   */
  readonly onStale: { readonly afterMilliseconds: number; readonly action: 'deny' | 'allow'; readonly at: SourceReference | null } | null
}
