/**
 * The model: any dialect of definition and policy, normalised. Types only. Nothing after this stage sees a raw document, and
 * everything that a person wrote keeps the place where it is written.
 */
import type { ExtensionStep } from '../../contract/extension.ts'
import type {
  ApiKeyPlan,
  ApplicationPlan,
  BackendCredentialPlan,
  BackendTokenPlan,
  ConcurrencyPlan,
  ConditionPlan,
  ConsumerFieldPlan,
  ConsumerKeyPlan,
  CorsPlan,
  IntrospectionCachePlan,
  IntrospectionPlan,
  IssuerPlan,
  JwtAlgorithm,
  KeyManagerEndpoint,
  KeySelectorPlan,
  Method,
  OperationPlan,
  PasswordPlan,
  PathSegment,
  RevocationFeedPlan,
  RevokedPlan,
  ServicePlan,
  SettingText,
  SharedCachePlan,
  SharedStorePlan,
  StaleRulePlan,
  SubscriptionState,
  TrafficManagerPlan,
  UpgradePlan,
  WhenUsedUp,
  WindowPlan,
} from '../../contract/plan.ts'
import type { Location } from '../source/location.ts'
import type { WrittenOnStale } from './on-stale.ts'

/** A value with the place it comes from. */
export type Placed<T> = { readonly value: T; readonly at: Location }

/** A value that perhaps nobody wrote: `at` is then null, and the value the default. */
export type Decided<T> = { readonly value: T; readonly at: Location | null }

export type Project = {
  readonly name: string
  readonly version: string
  readonly at: Location
  readonly apis: readonly Api[]
  readonly issuers: readonly Issuer[]
  /** `null`: the project names no such file. */
  readonly apiKeys: readonly ApiKey[] | null
  /** Of the same file. */
  readonly apiKeyIssuers: readonly ApiKeyIssuer[]
  readonly users: readonly User[] | null
  /** `null`: the project names no such file. */
  readonly subscriptions: Subscriptions | null
  /** `null`: the gateway does every step itself. */
  readonly extensions: Extensions | null
  /** What backends are told of callers; `null`: nothing. */
  readonly backendToken: BackendToken | null
  readonly consumerFields: ConsumerFields | null
  /** By name; `Unlimited` is not among them: it is always known. */
  readonly tiers: ReadonlyMap<string, Tier>
  /** Tiers for these levels alone, which come before those of `tiers` there: WSO2's lists of policies. */
  /** Groups of those tiers that have some; what holds otherwise are the tier's own windows, and no limit where it has none. */
  readonly tierGroups: ReadonlyMap<string, readonly TierGroup[]>
  readonly applicationTiers: ReadonlyMap<string, Tier>
  readonly subscriptionTiers: ReadonlyMap<string, Tier>
  readonly throttling: Throttling
  readonly deny: readonly DenyEntry[]
  readonly customLimits: readonly CustomLimit[]
  readonly settings: ReadonlyMap<string, Setting>
  readonly listen: Listen
  readonly trustedProxies: readonly string[]
  readonly publicOrigins: readonly string[]
  readonly clientCertificates: ClientCertificates | null
  readonly revocation: Revocation | null
  readonly errors: 'problem' | 'wso2'
  readonly waivers: readonly Waiver[]
  readonly limits: HttpLimits
  readonly timeouts: Timeouts
  /** `null`: the project says nothing of a cluster. */
  readonly kubernetes: Kubernetes | null
}

/** See BackendTokenPlan. */
export type BackendToken = BackendTokenPlan & { readonly at: Location }

export type ConsumerFields = { readonly fields: readonly ConsumerFieldPlan[]; readonly at: Location }

/** Whose client certificates are believed. */
export type ClientCertificates = {
  readonly at: Location
  /** Whose certificates do wherever one is asked for and no holder is named. */
  readonly authorities: readonly Authority[]
  readonly holders: readonly CertificateHolder[]
  /** Lower-case name of the field in which trusted proxies hand on the client's certificate. */
  readonly header: Placed<string> | null
}

/** See CertificateHolderPlan. */
export type CertificateHolder = {
  readonly id: string
  readonly consumer: string
  readonly thumbprint: string | null
  readonly subject: string | null
  readonly name: string | null
  readonly authorities: readonly Authority[] | null
  readonly at: Location
}

/** Where the gateway learns what is revoked. */
export type Revocation = {
  readonly at: Location
  /** What is revoked already; `null` where the project names no such file. */
  readonly snapshot: Placed<readonly Placed<RevokedPlan>[]> | null
  /** See RevocationPlan. */
  readonly persist: SettingText | null
  readonly feeds: readonly RevocationFeed[]
  readonly denies: boolean
  readonly onStale: StaleRulePlan
}

/** A source that is asked while the gateway runs. `saysPublish`: the project says whether it is published to. */
export type RevocationFeed = Placed<RevocationFeedPlan> & { readonly authorities: readonly Authority[]; readonly saysPublish: boolean }

/** Ports. `https.at` is `null` where the project does not name one. */
export type Listen = { readonly http: number; readonly https: Decided<number>; readonly admin: number }

/** Sizes in bytes; see HttpLimitsPlan. `maxBody` is the default of operations. */
export type HttpLimits = {
  readonly maxHead: number
  readonly maxFields: number
  readonly maxTarget: number
  readonly maxBody: Decided<number>
  readonly maxConnections: number
  readonly maxUpstreamConnections: number
  readonly maxUpstreamWaiting: number
  readonly maxTunnels: number
  readonly maxConsumers: number
  readonly maxRevocations: number
}

/** Milliseconds; see TimeoutsPlan. `answer` and `exchange` are the defaults of operations. */
export type Timeouts = {
  readonly head: number
  readonly bodyIdle: number
  readonly keepAlive: number
  readonly connect: number
  readonly upstreamIdle: number
  readonly upstreamLife: number
  readonly answer: Decided<number>
  readonly exchange: Decided<number>
}

export type Setting = {
  readonly name: string
  readonly default: string | null
  readonly usedFor: readonly string[]
  readonly at: Location
}

/** What the manifests for a cluster say that the gateway itself does not know. */
export type Kubernetes = {
  readonly at: Location
  /** Without a digest, which is known when the image is made; `null` where the command says all of it. */
  readonly image: string | null
  /** Of the Secret with the values of settings that are secrets. */
  readonly secretName: string
  /** Values of settings that are no secrets. */
  readonly settings: ReadonlyMap<string, Placed<string>>
  readonly egress: readonly Egress[]
  readonly replicas: { readonly min: number; readonly max: number; readonly at: Location }
  /** Quantities of Kubernetes; `memory` is `null` where the plan's bounds say it. */
  readonly resources: { readonly cpu: string; readonly memory: string | null }
  /** `null`: TLS is on only where the plan needs it. */
  readonly tlsSecret: string | null
  readonly route: Route | null
  readonly monitoring: Monitoring | null
}

/** Where an address of the plan is in the network. */
export type Egress = {
  readonly at: Location
  /** The host of an address, or the setting that holds it. */
  readonly to: { readonly kind: 'host' | 'setting'; readonly name: string }
  /** Address ranges, or pods of a namespace. */
  readonly peer:
    | { readonly kind: 'ranges'; readonly ranges: readonly string[] }
    | { readonly kind: 'pods'; readonly namespace: string; readonly labels: ReadonlyMap<string, string> }
  /** `null`: the port of the address. */
  readonly ports: readonly number[] | null
}

/** A Gateway of the Gateway API that requests come through. */
export type Route = {
  readonly gateway: string
  readonly namespace: string | null
  readonly listener: string | null
  readonly hosts: readonly string[]
}

/** Who collects metrics. `every`: milliseconds. */
export type Monitoring = { readonly namespace: string; readonly labels: ReadonlyMap<string, string>; readonly every: number }

export type Waiver = {
  readonly rule: string
  /** JSON Pointer fragment, perhaps after a file name: `#/paths/~1x` or `petstore.yaml#/paths/~1x`. */
  readonly pointer: string
  readonly reason: string
  /** The last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string
  readonly at: Location
}

/** Limits for requests for which all conditions hold. */
export type TierGroup = { readonly conditions: readonly Condition[]; readonly windows: readonly WindowPlan[]; readonly at: Location }

export type Tier = {
  readonly name: string
  readonly at: Location
  /** All of one unit. Empty where it is wrong, which has been reported. */
  readonly windows: readonly WindowPlan[]
  readonly whenUsedUp: WhenUsedUp
}

export type Issuer = {
  readonly issuer: string
  readonly at: Location
  readonly audiences: readonly string[] | 'any'
  /** Empty where they are fetched. */
  readonly keys: readonly IssuerKey[]
  /** `null`: the keys are baked. */
  readonly fetchedKeys: FetchedKeys | null
  /** What the keys are confined to; `null` for whatever they allow. */
  readonly algorithms: readonly JwtAlgorithm[] | null
  /** Seconds. */
  readonly clockSkew: number
  /** See IssuerPlan. */
  readonly claims: IssuerPlan['claims']
  readonly profile: IssuerPlan['profile']
  /** `null`: tokens are bound to nothing. */
  readonly senderConstrained: SenderConstrained | null
  /** `null`: nobody is asked about its tokens. */
  readonly introspection: Introspection | null
  /** `null`: clients do not reach its key manager through the gateway. */
  readonly passThrough: PassThrough | null
  /** Whether its tokens need a subscription; `null` where nothing is said. */
  readonly validateSubscriptions: Placed<boolean> | null
}

/** See FetchedKeysPlan. */
export type FetchedKeys = {
  readonly service: Service
  /** Milliseconds. */
  readonly refresh: number
  readonly at: Location
}

/** Endpoints of a key manager that clients reach through the gateway, at `basePath` and their own names. */
export type PassThrough = {
  readonly basePath: Placed<string>
  readonly endpoints: readonly { readonly endpoint: KeyManagerEndpoint; readonly backend: Placed<Backend> }[]
  readonly at: Location
}

/** See ServicePlan. */
export type Service = Pick<ServicePlan, 'url' | 'plainHttp'> & { readonly tls: Backend['tls'] }

/** See IntrospectionPlan. */
export type Introspection = Omit<IntrospectionPlan, 'service' | 'cache'> & {
  readonly service: Service
  readonly cache: IntrospectionCache
  readonly at: Location
}

/** See IntrospectionCachePlan. */
export type IntrospectionCache = Omit<IntrospectionCachePlan, 'shared'> & {
  /** `null` where nothing is said. */
  readonly mode: Placed<'local' | 'invalidated' | 'shared'> | null
  readonly shared: (Omit<SharedCachePlan, 'authorities'> & { readonly authorities: readonly Authority[] }) | null
}

/** See ApiKeyPlan. */
export type ApiKey = {
  readonly id: string
  readonly digest: ApiKeyPlan['digest']
  readonly consumer: string
  readonly tier: Placed<string> | null
  readonly scopes: readonly string[]
  /** Titles; `null` for all APIs. */
  readonly apis: readonly Placed<string>[] | null
  readonly addresses: readonly string[]
  readonly origins: readonly string[]
  readonly expiresAt: number | null
  readonly at: Location
}

/** See ApiKeyIssuerPlan. */
export type ApiKeyIssuer = {
  readonly issuer: string
  readonly keys: readonly IssuerKey[]
  readonly clockSkew: number
  readonly confined: boolean
  readonly at: Location
}

export type User = { readonly name: string; readonly password: PasswordPlan; readonly scopes: readonly string[]; readonly at: Location }

/** Steps that the project does itself. */
export type Extensions = {
  /** Milliseconds for an answer. */
  readonly timeout: number
  readonly steps: readonly { readonly step: ExtensionStep; readonly file: Placed<string> }[]
  /** Text of every module that they are made of, by its path in the project. */
  readonly modules: ReadonlyMap<string, ProjectModule>
}

/** See ModuleOutline. `imports`: paths of other modules of the project. */
export type ProjectModule = { readonly text: string; readonly digest: string; readonly imports: readonly string[] }

/** What the file says that `subscriptions` of the project names. */
export type Subscriptions = { readonly at: Location; readonly applications: readonly Application[] }

/** See ApplicationPlan. */
export type Application = Omit<ApplicationPlan, 'keys' | 'subscriptions' | 'tier'> & {
  readonly tier: Placed<string> | null
  readonly at: Location
  readonly keys: readonly ConsumerKey[]
  readonly subscriptions: readonly ApiSubscription[]
}

/** What its callers show: of tokens the client id, with the issuer where the project has several. */
export type ConsumerKey = Pick<ConsumerKeyPlan, 'keyType' | 'domains'> & {
  readonly kind: 'client' | 'consumer' | 'user' | 'certificate'
  readonly name: Placed<string>
  readonly issuer: Placed<string> | null
}

export type ApiSubscription = {
  /** Title of the API. */
  readonly api: Placed<string>
  /** `*` for every one. */
  readonly version: Placed<string>
  readonly tier: Placed<string> | null
  readonly state: SubscriptionState
}

/** See IssuerPlan. */
export type SenderConstrained = IssuerPlan['senderConstrained'] & { readonly at: Location }

export type IssuerKey = {
  readonly kid: string | null
  readonly algorithms: readonly JwtAlgorithm[]
  /** Public members only. */
  readonly jwk: Readonly<Record<string, string>>
  /** Seconds since the epoch; `null` where nothing says so. */
  readonly notBefore: number | null
  readonly notAfter: number | null
  readonly at: Location
}

export type Api = {
  /** info.title */
  readonly title: string
  /** info.version */
  readonly version: string
  /** Path of the definition within the project. */
  readonly definition: string
  readonly at: Location
  /** Canonical, without trailing slash; empty for the root. */
  readonly basePath: Placed<string>
  /** API-level tier, counted over all its operations. */
  readonly throttle: Throttle | null
  readonly hardLimits: HardLimits
  readonly capacities: Capacities
  /** `null`: as many as there are. */
  readonly concurrency: Concurrency | null
  /** `security` of the definition's root, also where every operation has its own. */
  readonly rootRequirements: readonly Requirement[]
  /** `mandatory`: besides what an operation asks for. `optional`: a certificate that is given must be good. */
  readonly mutualTls: Placed<'mandatory' | 'optional'> | null
  /** `null`: http and https. */
  readonly transport: Placed<'http' | 'https'> | null
  /** Whether its callers need a subscription, whatever the issuers say; `null` where nothing is said. */
  readonly validateSubscriptions: Placed<boolean> | null
  readonly operations: readonly Operation[]
}

/** See UpstreamPlan and BackendTlsPlan. */
export type Backend = {
  readonly url: SettingText
  readonly http: '1.1' | '2'
  readonly tls: BackendTls | null
  readonly credential: BackendCredential | null
}

/** See BackendCredentialPlan. */
export type BackendCredential = {
  readonly plan: BackendCredentialPlan
  /** Of the token endpoint. */
  readonly tls: BackendTls | null
  readonly at: Location
}

export type BackendTls = {
  readonly authorities: readonly Authority[]
  readonly clientCertificate: { readonly certificate: SettingText; readonly key: SettingText } | null
  readonly serverName: string | null
  /** Where the first of its keys is written. */
  readonly at: Location
}

/** A certificate whose holder may vouch for others. */
export type Authority = {
  readonly pem: string
  readonly subject: string
  /** Seconds since the epoch. */
  readonly notBefore: number
  readonly notAfter: number
  readonly at: Location
}

/** See ConcurrencyPlan. */
export type Concurrency = Placed<ConcurrencyPlan>

/** See ConditionPlan; APIs by title. */
export type Condition =
  | Exclude<ConditionPlan, { readonly kind: 'api' }>
  | { readonly kind: 'api'; readonly negated: boolean; readonly apis: readonly Placed<string>[] }

/** Requests for which all of them hold are refused. */
export type DenyEntry = { readonly conditions: readonly Condition[]; readonly at: Location }

/** See CustomLimitPlan. */
export type CustomLimit = {
  readonly name: string
  readonly at: Location
  readonly conditions: readonly Condition[]
  readonly key: readonly KeySelectorPlan[]
  readonly windows: readonly WindowPlan[]
}

/** What postern.yaml says of counting; tiers by name. */
export type Throttling = {
  /** Of those of whom nothing says another; `null`: no limit. */
  readonly application: Placed<string> | null
  readonly subscription: Placed<string> | null
  /** Of callers without a credential. */
  readonly unauthenticated: Placed<string> | null
  /** Gateways that run at the same time, at the most. */
  readonly replicas: number
  /** `null`: each gateway counts for itself. */
  readonly store: (Omit<SharedStorePlan, 'authorities' | 'replicas'> & { readonly authorities: readonly Authority[] }) | null
  /** `null`: there is none. Never beside `store`. */
  readonly trafficManager: TrafficManager | null
}

/** See TrafficManagerPlan. */
export type TrafficManager = Pick<TrafficManagerPlan, 'login' | 'tenant' | 'whenAway'> & {
  readonly events: Service
  readonly data: Service
  readonly decisions: Omit<TrafficManagerPlan['decisions'], 'authorities'> & { readonly authorities: readonly Authority[] }
}

/** Requests that an API's backends bear in `per` milliseconds, wherever they begin. */
export type Capacities = Readonly<Record<'production' | 'sandbox', Placed<{ readonly requests: number; readonly per: number }> | null>>

/** What an API's backends are spared, over all callers. */
export type HardLimits = Readonly<Record<'production' | 'sandbox', Placed<readonly WindowPlan[]> | null>>

export type Throttle = { readonly tier: Placed<string>; readonly by: 'consumer' | 'api' | 'address' }

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

/** Whether the backend gets token, consumer fields, and the caller's credential; `null` where nothing is said. */
export type ToldIdentity = Readonly<Record<'token' | 'fields' | 'credential', Placed<boolean> | null>>

/** See CorsPlan. `methods`: those whose operations it holds for; the others are no other origin's. */
export type Cors = CorsPlan & { readonly methods: 'any' | readonly Method[] }

/** See UpgradePlan: nothing of it depends on anything else. */
export type Upgrade = UpgradePlan

/** What an operation asks for, as written: requirements OR-ed, the schemes inside one AND-ed. */
export type Security =
  /** Public on purpose; `at` says where that is written. */
  | { readonly kind: 'public'; readonly at: Location }
  | {
      readonly kind: 'required'
      readonly at: Location
      /** Lower-case name of the field that carries the bearer token. */
      readonly header: string
      /** Where the field is named; `null` for the usual one. */
      readonly headerAt: Location | null
      readonly requirements: readonly Requirement[]
    }
  /** Nothing says what holds: the rule unsecured-operation reports it. */
  | { readonly kind: 'unsaid'; readonly at: Location }

/** One alternative. No schemes at all: anonymous callers are welcome. */
export type Requirement = { readonly at: Location; readonly schemes: readonly RequiredScheme[] }

export type RequiredScheme = {
  readonly at: Location
  /** Name in the definition; `null` where the project's `apis[].security: token` asks for it. */
  readonly name: string | null
  readonly scheme: SecurityScheme
  readonly scopes: readonly Placed<string>[]
}

export type SecurityScheme =
  /** A bearer token of one of the issuers. `declaredScopes` is null where the scheme declares none (bearer, openIdConnect). */
  | { readonly kind: 'token'; readonly type: 'oauth2' | 'openIdConnect' | 'bearer'; readonly declaredScopes: ReadonlySet<string> | null }
  | { readonly kind: 'basic' }
  | { readonly kind: 'apiKey'; readonly in: string; readonly name: string }
  | { readonly kind: 'mutualTLS' }
  /** Another `http` scheme, or a type that is not OpenAPI's. */
  | { readonly kind: 'other'; readonly type: string }
  /** Declared, and not as a scheme is: that has been reported. */
  | { readonly kind: 'unreadable' }
  /** Named in `security`, and declared nowhere. */
  | { readonly kind: 'undefined' }
