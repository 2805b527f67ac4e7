/**
 * The manifest: what is in a gateway and what protects each operation, for people and for tools. Written beside the gateway as
 * manifest.json; the gateway serves it at GET /manifest and does not start when it was altered.
 */
import type { CapabilityName } from './capabilities.ts'
import type { ExtensionStep } from './extension.ts'
import type {
  BackendTokenPlan,
  CalendarPeriod,
  ClientAuthenticationPlan,
  ConcurrencyPlan,
  HttpLimitsPlan,
  IssuerPlan,
  KeyManagerEndpoint,
  LimitAlgorithm,
  LimitLevel,
  LimitUnit,
  RevocationFeedPlan,
  SubscriptionState,
  TimeoutsPlan,
  WhenUsedUp,
} from './plan.ts'

/** `file:line` within the project, with forward slashes. */
export type SourceReference = string

/**
 * A source of revocations; addresses as written, with settings by name. `followed`: what is followed there: the prefix of keys, a stream, a topic
 * with its exchange; `null` where that is all. `publishes`: the gateway tells it what is revoked through the gateway.
 */
export type ManifestFeed = {
  readonly type: RevocationFeedPlan['kind']
  readonly addresses: readonly string[]
  readonly followed: string | null
  readonly publishes: boolean
  /** As what the gateway makes itself known there, as written. */
  readonly login: { readonly username: string; readonly password: string } | null
  /** Empty where those that Node trusts are trusted. */
  readonly authorities: readonly ManifestAuthority[]
  /** From one question to the next; `null` where nothing is asked again and again. */
  readonly everyMilliseconds: number | null
  /** For how long entries are kept that say no end of their own; `null` for as long as the source has them. */
  readonly keepMilliseconds: number | null
  readonly at: SourceReference
}

/** A certificate whose holder vouches for others. */
export type ManifestAuthority = {
  readonly subject: string
  /** SHA-256 of its DER form, in lower-case hex. */
  readonly fingerprint: string
  readonly expires: string
  readonly at: SourceReference
}

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

export type ManifestLimit = {
  readonly tier: string
  readonly level: LimitLevel
  readonly by: string
  /** Of a hard limit, which backend it spares; else `null`. */
  readonly backend: 'production' | 'sandbox' | null
  /** Of a tier with groups: the first of them holds where all of this is so. */
  readonly conditions: readonly string[]
  /** All of them hold. Empty: where this group is the first, nothing limits. */
  readonly windows: readonly {
    readonly unit: LimitUnit
    readonly amount: number
    readonly algorithm: LimitAlgorithm
    /** null: the calendar says how long it is. */
    readonly windowSeconds: number | null
    readonly calendar: { readonly period: CalendarPeriod; readonly timeZone: string } | null
    /** null where the algorithm knows none. */
    readonly burst: number | null
    readonly exactness: string
  }[]
  readonly whenUsedUp: WhenUsedUp
  /** `null`: callers' credentials name it. */
  readonly namedAt: SourceReference | null
  readonly definedAt: SourceReference
}

/** Tiers that credentials name. */
export type ManifestNamedLimits = {
  readonly tiers: readonly ManifestLimit[]
  /** Names that limit nothing. */
  readonly unlimited: readonly string[]
  /** What holds for callers of whom nothing says a tier; `null`: no limit. */
  readonly otherwise: string | null
  /** What becomes of callers with a tier that is not among them. */
  readonly unknown: 'otherwise' | 'refuse'
}

/** Where several gateways count together. */
export type ManifestSharedStore = {
  readonly kind: 'redis'
  /** Settings stand as `${NAME}`; never a resolved value. */
  readonly urls: readonly string[]
  readonly topology: 'server' | 'sentinel' | 'cluster'
  /** Of the master, as sentinels know it; else `null`. */
  readonly master: string | null
  readonly plainTcp: boolean
  readonly authorities: readonly ManifestAuthority[]
  /** As written; `null` where the password of the Redis takes its place. */
  readonly secret: string | null
  readonly mode: 'leased' | 'strict'
  readonly whenAway: 'local' | 'deny' | 'allow'
  readonly replicas: number
  readonly timeoutMilliseconds: number
}

/** What the gateway counts, and how much memory that takes. */
/** A Traffic Manager of WSO2. Addresses, names and passwords as written, with settings by name. */
export type ManifestTrafficManager = {
  readonly kind: 'trafficManager'
  readonly events: ManifestManagerService
  readonly data: ManifestManagerService
  /** Shown to both. */
  readonly login: ManifestLogin | null
  readonly decisions: {
    readonly url: string
    readonly login: ManifestLogin | null
    readonly authorities: readonly ManifestAuthority[]
    readonly exchange: string
    readonly topic: string
  }
  readonly tenant: string
  readonly whenAway: 'local' | 'deny' | 'allow'
  readonly replicas: number
}

export type ManifestManagerService = { readonly url: string; readonly plainHttp: boolean; readonly tls: ManifestBackendTls | null }

export type ManifestLogin = { readonly username: string; readonly password: string }

export type ManifestThrottling = {
  /** `local`: each gateway counts for itself. */
  readonly store: 'local' | ManifestSharedStore | ManifestTrafficManager
  /** Gateways that run at the same time, as the project says. */
  readonly replicas: number
  /** What counters take of memory at the most. */
  readonly memoryBytes: number
  /** Callers that can come close to sliding limits at the same time and get 99.9 % of them. */
  readonly rings: number
  /** Counters that are kept at the most; a further one takes the place of the one that would end soonest. */
  readonly capacity: number
  /** `null`: these levels limit nobody. */
  readonly subscription: ManifestNamedLimits | null
  readonly application: ManifestNamedLimits | null
  /** For callers without a credential; `null`: none. */
  readonly unauthenticated: ManifestLimit | null
  /** Limits with keys of their own, where all conditions hold. */
  readonly custom: readonly { readonly limit: ManifestLimit; readonly key: readonly string[]; readonly conditions: readonly string[] }[]
}

export type ManifestCors = {
  /** Empty where the operation's method is not among those that are allowed. */
  readonly origins: 'any' | readonly string[]
  readonly headers: readonly string[]
  readonly expose: readonly string[]
  readonly credentials: boolean
  readonly maxAgeSeconds: number | null
  readonly at: SourceReference
}

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

export type ManifestBackend = {
  /** Its place in `backends`, by which log and metrics name it as `upstream`. */
  readonly index: number
  readonly url: string
  readonly http: '1.1' | '2'
  readonly tls: ManifestBackendTls | null
  /** As what the gateway makes itself known; `null` for nothing but perhaps a certificate. */
  readonly credential: ManifestBackendCredential | null
  readonly at: SourceReference
}

/** As written, with their settings: no secret. */
export type ManifestBackendCredential = { readonly at: SourceReference } & (
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'digest'; readonly user: string; readonly password: string; readonly algorithms: readonly string[] }
  | { readonly kind: 'api-key'; readonly in: 'header' | 'query'; readonly name: string; readonly key: string }
  | {
      readonly kind: 'client-credentials'
      readonly url: string
      readonly plainHttp: boolean
      readonly tls: ManifestBackendTls | null
      readonly client: ManifestClient
      readonly scopes: readonly string[]
      readonly audience: string | null
    }
)

/** As what the gateway makes itself known to an authorisation server, as written. */
export type ManifestClient = {
  readonly authentication: ClientAuthenticationPlan['kind']
  readonly id: string
  /** What proves it: a secret, or the path of a private key; `null` where the connection's certificate does. */
  readonly proof: string | null
  /** Of `private_key_jwt`. */
  readonly keyId: string | null
  readonly audience: string | null
}

export type ManifestBackendTls = {
  /** Empty where those that Node trusts are trusted. */
  readonly authorities: readonly ManifestAuthority[]
  /** As written, with their settings. */
  readonly clientCertificate: { readonly certificate: string; readonly key: string } | null
  readonly serverName: string | null
}

export type ManifestSharedCache = {
  /** As written, with its settings. */
  readonly url: string
  readonly plainTcp: boolean
  readonly authorities: readonly ManifestAuthority[]
  /** As written: what seals answers. */
  readonly secret: string
  readonly timeoutMilliseconds: number
}

export type ManifestIntrospection = {
  /** As written, with its settings. */
  readonly url: string
  readonly plainHttp: boolean
  readonly tls: ManifestBackendTls | null
  readonly client: ManifestClient
  readonly timeoutMilliseconds: number
  readonly lookups: number
  readonly cache: {
    /** `invalidated`: a feed says what is revoked, and it is refused at once. */
    readonly mode: 'local' | 'invalidated' | 'shared'
    readonly keepMilliseconds: number
    readonly keepInvalidMilliseconds: number
    /** Where gateways leave answers for each other; `null` where they do not. */
    readonly shared: ManifestSharedCache | null
  }
  readonly at: SourceReference
}

export type ManifestIssuer = {
  readonly issuer: string
  readonly audiences: readonly string[] | 'any'
  readonly at: SourceReference
  readonly clockSkewSeconds: number
  /** Names of the claims that are read. */
  readonly claims: IssuerPlan['claims']
  readonly profile: IssuerPlan['profile']
  /** What tokens may be bound to, and whether they must be. */
  readonly senderConstrained: IssuerPlan['senderConstrained']
  /** Where they are fetched while the gateway runs; `null` where they are baked. */
  readonly fetchedKeys: ManifestFetchedKeys | null
  /** How its key manager is asked about tokens; `null` where it is not. */
  readonly introspection: ManifestIntrospection | null
  readonly keys: readonly {
    readonly kid: string | null
    readonly type: string
    readonly algorithms: readonly string[]
    readonly thumbprint: string
    /** When it begins and ends to be valid, where its certificate says so. */
    readonly begins: string | null
    readonly expires: string | null
  }[]
}

export type ManifestFetchedKeys = {
  /** As written, with its settings. */
  readonly url: string
  readonly plainHttp: boolean
  readonly tls: ManifestBackendTls | null
  readonly refreshSeconds: number
  readonly algorithms: readonly string[]
  readonly at: SourceReference
}

export type ManifestApplication = {
  readonly id: string
  readonly uuid: string | null
  readonly name: string
  readonly owner: string | null
  readonly tier: string | null
  /** What its callers show: the kind and the name, of tokens the issuer and the client id. */
  readonly keys: readonly {
    readonly holder: string
    readonly keyType: 'production' | 'sandbox' | null
    readonly domains: readonly string[]
  }[]
  readonly subscriptions: readonly {
    readonly api: string
    readonly version: string
    readonly tier: string | null
    readonly state: SubscriptionState
  }[]
  readonly at: SourceReference
}

/** A finding that the project does without, and why. */
export type ManifestWaiver = {
  readonly rule: string
  /** JSON Pointer fragment, perhaps after a file name. */
  readonly pointer: string
  readonly reason: string
  /** The last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string
  readonly at: SourceReference
}

export type Manifest = {
  /** `sha256:` and the hex digest of gateway.mjs: the gateway's identity. */
  readonly digest: string
  readonly format: 1
  readonly name: string
  readonly version: string
  readonly compiler: { readonly postern: string; readonly esbuild: string }
  readonly node: string
  /** Every file that was read, by its path in the project, with its digest. */
  readonly inputs: readonly { readonly file: string; readonly digest: string }[]
  readonly capabilities: readonly CapabilityName[]
  readonly listeners: {
    /** Ports, where no setting says otherwise. */
    readonly http: number
    readonly https: number
    /** Why the gateway does not start without POSTERN_TLS_CERT and POSTERN_TLS_KEY; empty where it does. */
    readonly httpsRequiredBy: readonly string[]
    readonly admin: number
    readonly trustedProxies: readonly string[]
    readonly publicOrigins: readonly string[]
  }
  /** How refusals are written. */
  readonly errors: 'problem' | 'wso2'
  /** What strangers may send, and what the gateway holds: in bytes, and milliseconds. */
  readonly bounds: HttpLimitsPlan
  readonly timeouts: TimeoutsPlan
  readonly waivers: readonly ManifestWaiver[]
  readonly settings: readonly {
    readonly name: string
    readonly required: boolean
    readonly default: string | null
    readonly usedFor: readonly string[]
  }[]
  readonly apis: readonly {
    readonly name: string
    readonly version: string
    readonly basePath: string
    readonly basePathAt: SourceReference
    readonly definition: string
    readonly operations: number
  }[]
  readonly issuers: readonly ManifestIssuer[]
  /** Never their digests, but of which kind these are. */
  readonly apiKeys: readonly {
    readonly id: string
    readonly digest: 'scrypt' | 'sha256'
    readonly consumer: string
    readonly tier: string | null
    readonly scopes: readonly string[]
    /** `null`: all. */
    readonly apis: readonly string[] | null
    readonly addresses: readonly string[]
    readonly origins: readonly string[]
    readonly expires: string | null
    readonly at: SourceReference
  }[]
  /** Who signs API keys. */
  readonly apiKeyIssuers: readonly {
    readonly issuer: string
    readonly at: SourceReference
    readonly clockSkewSeconds: number
    /** Keys open the APIs that they name, and not all. */
    readonly validateAllowedAPIs: boolean
    /** Only what says that it is an API key is one. */
    readonly typed: boolean
    readonly keys: ManifestIssuer['keys']
  }[]
  readonly users: readonly {
    readonly name: string
    readonly digest: 'scrypt' | 'sha256' | 'sha512'
    readonly scopes: readonly string[]
    readonly at: SourceReference
  }[]
  /** Who is subscribed to what, as far as the project says it. */
  readonly applications: readonly ManifestApplication[]
  /** Steps that the project does itself, with the module's digest and those of all that it imports. `null`: none. */
  readonly extensions: {
    readonly timeoutMilliseconds: number
    readonly modules: readonly {
      readonly step: ExtensionStep
      readonly file: string
      readonly digest: string
      readonly imports: readonly { readonly file: string; readonly digest: string }[]
      readonly at: SourceReference
    }[]
  } | null
  /** Where the gateway learns what is revoked; `null`: nowhere. `snapshot`: how many entries it has from the start. */
  readonly revocation: {
    readonly snapshot: number
    readonly snapshotAt: SourceReference | null
    /** Path of the folder where what feeds say is kept, as written. */
    readonly persist: string | null
    /** Entries that there is room for. */
    readonly capacity: number
    readonly feeds: readonly ManifestFeed[]
    /** Feeds may deny callers as well, whatever credential they show. */
    readonly denies: boolean
    readonly onStale: { readonly afterMilliseconds: number; readonly action: 'deny' | 'allow' }
    readonly at: SourceReference
  } | null
  /** Which requests are refused whatever credential comes with them: where all of an entry holds. */
  readonly deny: readonly { readonly conditions: readonly string[]; readonly at: SourceReference }[]
  /** `null`: nothing is limited. */
  readonly throttling: ManifestThrottling | null
  /** The token that backends get; its key as written, with its setting. */
  readonly backendToken:
    | (Omit<BackendTokenPlan, 'key' | 'lifetime'> & {
        readonly key: string
        readonly lifetimeSeconds: number
        readonly at: SourceReference
      })
    | null
  /** Plain fields that backends get, with what is known of callers or `claims.` and a claim in each. */
  readonly consumerFields: readonly { readonly name: string; readonly value: string }[]
  /** Whose client certificates are believed; `null` where no operation asks for one. */
  readonly clientCertificates: {
    readonly header: string | null
    /** `everywhere`: also where no holder is named. */
    readonly authorities: readonly (ManifestAuthority & { readonly everywhere: boolean })[]
    readonly holders: readonly {
      readonly id: string
      readonly consumer: string
      readonly thumbprint: string | null
      readonly subject: string | null
      readonly san: string | null
      /** Subjects; `null`: those that vouch everywhere. */
      readonly authorities: readonly string[] | null
      readonly at: SourceReference
    }[]
  } | null
  /** Each at its index, with the first place that names it. */
  readonly backends: readonly ManifestBackend[]
  readonly operations: readonly ManifestOperation[]
  /** Other files of the bundle, with their digests. */
  readonly files: readonly { readonly file: string; readonly digest: string }[]
}
