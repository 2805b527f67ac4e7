/**
 * The plan: the compiler's frozen output and the gateway's only input. JSON-only types; every default, reference and precedence
 * is settled here, so that the gateway never asks "what if this is missing?". Indexes point into the plan's own arrays.
 */
import type { ExtensionStep } from './extension.ts'

/** The methods that an OpenAPI definition can give an operation. CONNECT is never tunnelled, so it is not one of them. */
export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE' | 'OPTIONS' | 'HEAD' | 'PATCH' | 'TRACE'

/** Text with settings in it: the parts are concatenated at start, when the settings are known. */
export type SettingText = readonly (string | { readonly setting: string })[]

/** A value that the operator gives at start, as an environment variable. */
export type SettingPlan = {
  readonly name: string
  /** `null`: required; the gateway does not start without it. */
  readonly default: string | null
  /** What it is for, in words, for messages and the manifest: e.g. `backend of petstore`. */
  readonly usedFor: readonly string[]
}

/** Bounds on what strangers may send. Sizes in bytes. */
export type HttpLimitsPlan = {
  readonly maxHead: number
  readonly maxFields: number
  readonly maxTarget: number
  readonly maxConnections: number
  /** Connections to one backend address. */
  readonly maxUpstreamConnections: number
  /** Exchanges that may wait for a connection to one backend address; more are refused with 503. */
  readonly maxUpstreamWaiting: number
  /** Connections to one backend address that have left HTTP; they do not count among `maxUpstreamConnections`. */
  readonly maxTunnels: number
}

/** All in milliseconds. */
export type TimeoutsPlan = {
  readonly head: number
  readonly bodyIdle: number
  readonly keepAlive: number
  readonly connect: number
  readonly upstreamIdle: number
  /** A connection to a backend takes no new exchange when it is older; 0 is no bound. */
  readonly upstreamLife: number
}

/** A backend address: scheme, host and port, perhaps known only at start. Its path prefix is part of the same URL. */
export type UpstreamPlan = {
  /** An http or https URL, without query, fragment or user. */
  readonly url: SettingText
  /** What is spoken with it: `2` over http with prior knowledge, over https where ALPN agrees, and never anything else. */
  readonly http: '1.1' | '2'
  /** `null` where nothing is said; the backend's certificate is verified all the same. Else the URL must turn out to be https. */
  readonly tls: BackendTlsPlan | null
  /** `null`: the gateway says nothing of itself, but perhaps by a certificate. */
  readonly credential: BackendCredentialPlan | null
}

/** As what the gateway makes itself known to a backend. No secret stands here: they are settings. */
export type BackendCredentialPlan =
  | { readonly kind: 'basic'; readonly user: SettingText; readonly password: SettingText }
  | {
      readonly kind: 'digest'
      readonly user: SettingText
      readonly password: SettingText
      /** Which may be used (RFC 7616 §3.3), each with its `-sess` form; the strongest first. */
      readonly algorithms: readonly DigestAlgorithm[]
    }
  /** `name`: of a field, in lower case, or of a query parameter. `key` is the whole value. */
  | { readonly kind: 'api-key'; readonly in: 'header' | 'query'; readonly name: string; readonly key: SettingText }
  | ClientCredentialsPlan

/** A bearer token of an authorization server (RFC 6749 §4.4). */
export type ClientCredentialsPlan = {
  readonly kind: 'client-credentials'
  /** The token endpoint, and how it is reached. */
  readonly service: ServicePlan
  readonly client: ClientAuthenticationPlan
  readonly scopes: readonly string[]
  /** What some servers ask for beside the scopes; `null` for none. */
  readonly audience: string | null
}

export type DigestAlgorithm = 'SHA-512-256' | 'SHA-256' | 'MD5'

export type BackendTlsPlan = {
  /** PEM certificates, one each; empty for those that Node trusts. */
  readonly authorities: readonly string[]
  /** Paths of PEM files for the gateway's own certificate; `null` where it shows none. */
  readonly clientCertificate: { readonly certificate: SettingText; readonly key: SettingText } | null
  /** The name that is asked for and verified; `null` for the URL's host. */
  readonly serverName: string | null
}

export type JwtAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA' | 'Ed25519'

/** A verification key, baked. `jwk` holds public members only (RFC 7517). */
export type KeyPlan = {
  /** `null`: the key has no id, and is tried for tokens without `kid`. */
  readonly kid: string | null
  readonly algorithms: readonly JwtAlgorithm[]
  readonly jwk: Readonly<Record<string, string>>
  /** Seconds since the epoch after which the key's certificate is no longer valid; `null` where nothing says so. */
  readonly notAfter: number | null
}

/** Keys that the gateway fetches while it runs (a JWKS), in the place of baked ones. */
export type FetchedKeysPlan = {
  readonly service: ServicePlan
  /** Milliseconds from one fetch to the next. */
  readonly refresh: number
  /** Those that the keys of a set may be used with. */
  readonly algorithms: readonly JwtAlgorithm[]
}

/** A service that the gateway itself asks. */
export type ServicePlan = {
  /** An https URL, perhaps with a query; http to the same machine, and to others where `plainHttp` says so. */
  readonly url: SettingText
  readonly plainHttp: boolean
  /** `null` where nothing is said. */
  readonly tls: BackendTlsPlan | null
}

/** How the gateway says who it is, as a client of an authorisation server. */
export type ClientAuthenticationPlan =
  /** RFC 6749 §2.3.1: in the Authorization field, or in the form. */
  | { readonly kind: 'basic' | 'post'; readonly clientId: SettingText; readonly clientSecret: SettingText }
  /** RFC 7523 §2.2. `keyFile`: path of a private key as PEM. */
  | {
      readonly kind: 'private_key_jwt'
      readonly clientId: SettingText
      readonly keyFile: SettingText
      readonly keyId: string | null
      readonly audience: SettingText
    }
  /** RFC 8705 §2: by the client certificate of the connection. */
  | { readonly kind: 'tls'; readonly clientId: SettingText }

/** How the key manager is asked about tokens that say nothing themselves (RFC 7662). */
export type IntrospectionPlan = {
  readonly service: ServicePlan
  readonly credentials: ClientAuthenticationPlan
  /** Milliseconds. */
  readonly timeout: number
  /** Questions that are open at the same time, in all threads together. */
  readonly lookups: number
  readonly cache: IntrospectionCachePlan
}

export type IntrospectionCachePlan = {
  /** Milliseconds for which a good answer counts, if the token does not expire before; and one about a token that is not good. */
  readonly keep: number
  readonly keepInvalid: number
  /** Where gateways leave answers for each other; `null`: each thread remembers for itself alone. */
  readonly shared: SharedCachePlan | null
}

/** A Redis, and what makes that nobody else can read or write there what counts. */
export type SharedCachePlan = {
  /** `rediss://host:port`, with user and password where it asks for them. */
  readonly url: SettingText
  /** `redis:` is allowed also to another machine. */
  readonly plainTcp: boolean
  /** PEM certificates, one each; empty for those that Node trusts. */
  readonly authorities: readonly string[]
  readonly secret: SettingText
  /** Milliseconds for one command. */
  readonly timeout: number
}

export type IssuerPlan = {
  readonly issuer: string
  /** `any` was said in the project on purpose. */
  readonly audiences: readonly string[] | 'any'
  /** Empty where they are fetched. */
  readonly keys: readonly KeyPlan[]
  /** `null`: the keys are baked. */
  readonly fetchedKeys: FetchedKeysPlan | null
  /** Seconds. */
  readonly clockSkew: number
  /** Names of the claims to read; a dotted name reaches into an object (`application.id`). */
  readonly claims: {
    readonly scope: string
    readonly subject: string
    readonly client: string
    readonly application: string
    readonly keyType: string
  }
  /** `at+jwt`: tokens must be what RFC 9068 says. */
  readonly profile: 'jwt' | 'at+jwt'
  /** Which bindings of a token to its sender can be checked, and whether every token must have one. */
  readonly senderConstrained: { readonly certificate: boolean; readonly dpop: boolean; readonly required: boolean }
  /** `null`: its tokens are JWTs. Where there are no keys, it is asked about JWTs too. */
  readonly introspection: IntrospectionPlan | null
}

/** One way to satisfy an operation's security: a token of one of `issuers` that holds all of `scopes`. */
export type SecurityAlternative = {
  readonly issuers: readonly number[]
  readonly scopes: readonly number[]
  /** Together with a good client certificate. */
  readonly certificate: boolean
}

export type SecurityPlan =
  | { readonly kind: 'public' }
  /** A client certificate and nothing else. */
  | { readonly kind: 'certificate' }
  | {
      readonly kind: 'token'
      /** Lower-case name of the field that carries the bearer token. */
      readonly header: string
      /** Any one of them suffices (OR). */
      readonly alternatives: readonly SecurityAlternative[]
      /** A request without credential passes as anonymous; one with a credential must have a good one. */
      readonly anonymous: boolean
      /** The same for a request with a good client certificate. */
      readonly certificateSuffices: boolean
      /** Some of the accepted tokens are bound to a key, which a proof with each request shows (RFC 9449). */
      readonly dpop: boolean
    }
  /** API keys or passwords take part. */
  | {
      readonly kind: 'credentials'
      /** Lower-case name of the field that carries a bearer token, where one is asked for. */
      readonly header: string
      /** Where API keys are looked for; which of them it is does not matter. */
      readonly apiKeyPlaces: readonly ApiKeyPlace[]
      /** Any one of them suffices (OR). */
      readonly alternatives: readonly CredentialAlternative[]
      /** A request without any credential passes as anonymous; one with a credential must have a good one. */
      readonly anonymous: boolean
      /** As for tokens alone. */
      readonly dpop: boolean
    }

/** What each credential of a kind must hold, where an alternative asks for that kind. */
export type ScopesPlan = { readonly scopes: readonly number[] }

/** One way to satisfy an operation's security: every kind that is not `null` or false must be there (AND). */
export type CredentialAlternative = {
  readonly token: (ScopesPlan & { readonly issuers: readonly number[] }) | null
  readonly apiKey: ScopesPlan | null
  readonly basic: ScopesPlan | null
  readonly certificate: boolean
}

/** Where clients put an API key. The name of a field is in lower case. */
export type ApiKeyPlace = { readonly in: 'header' | 'query' | 'cookie'; readonly name: string }

/** A key that is known by its digest. */
export type ApiKeyPlan = {
  readonly id: string
  readonly digest: Extract<PasswordPlan, { readonly kind: 'scrypt' }> | { readonly kind: 'sha256'; readonly hash: string }
  /** Who counts as caller. */
  readonly consumer: string
  /** By which it is limited, over all APIs; `null`: it does not say. */
  readonly tier: string | null
  readonly scopes: readonly number[]
  /** `null`: all of them. */
  readonly apis: readonly number[] | null
  /** CIDR ranges or single addresses; empty for any. */
  readonly addresses: readonly string[]
  /** Origins (RFC 6454) of the pages that may send it; empty for any, and for clients that are no page. */
  readonly origins: readonly string[]
  /** Milliseconds since the epoch from which it is refused; `null`: never. */
  readonly expiresAt: number | null
}

/** Who signs API keys that are JWTs, as WSO2's are. */
export type ApiKeyIssuerPlan = {
  readonly issuer: string
  readonly keys: readonly KeyPlan[]
  /** Seconds. */
  readonly clockSkew: number
  /** Only what has the claim `token_type: apiKey` is a key: its access tokens have the same issuer. */
  readonly typed: boolean
  /** A key opens the APIs that it names, and not all of them. */
  readonly confined: boolean
}

/** Costs as in RFC 7914 §2; salt and hash in base64url, hashes of the other kinds in hex. */
export type PasswordPlan =
  | {
      readonly kind: 'scrypt'
      readonly cost: number
      readonly blockSize: number
      readonly parallelization: number
      readonly salt: string
      readonly hash: string
    }
  | { readonly kind: 'sha256' | 'sha512'; readonly hash: string }

export type UserPlan = { readonly name: string; readonly password: PasswordPlan; readonly scopes: readonly number[] }

/** A signed token that tells backends who calls. */
export type BackendTokenPlan = {
  /** Name of the field, as backends see it. */
  readonly header: string
  /** A private key as PEM, or the path of a file with one. */
  readonly key: SettingText
  /** What the key must be for; `null`: any of them. */
  readonly algorithm: 'RS256' | 'ES256' | 'EdDSA' | null
  readonly issuer: string
  readonly audiences: readonly string[]
  /** Milliseconds; the caller's credential may end it earlier. */
  readonly lifetime: number
  /** What the names of claims about application, API and user begin with; without the slash. */
  readonly dialect: string
  /** Claims of the caller's token that are handed on; a dotted name reaches into an object. */
  readonly claims: readonly string[] | 'all'
}

/** What the gateway knows of callers under one name, whatever their credential. */
export type ConsumerFact =
  | 'consumer'
  | 'subject'
  | 'client'
  | 'scopes'
  | 'application'
  | 'applicationName'
  | 'applicationTier'
  | 'subscriber'
  | 'tier'
  | 'keyType'
  | 'api'
  | 'apiVersion'

/** A plain field that tells backends something of who calls. */
export type ConsumerFieldPlan = {
  /** As backends see it. */
  readonly name: string
  readonly value: { readonly kind: 'fact'; readonly fact: ConsumerFact } | { readonly kind: 'claim'; readonly name: string }
}

/** What an operation's backend gets to know of who calls. */
export type BackendIdentityPlan = {
  readonly token: boolean
  readonly fields: boolean
  /** The credential's own fields, as the client sent them. */
  readonly credential: boolean
}

/** What `clientCertificates` of the project says. */
export type ClientCertificatesPlan = {
  readonly authorities: readonly AuthorityPlan[]
  /**
   * Which of them vouch wherever no holder is named; `null`: all. Else an authority counts where it, or another of these that it
   * vouches for, has itself signed a client's certificate.
   */
  readonly everywhere: readonly number[] | null
  /** Whom a certificate belongs to: the first that it fits. */
  readonly holders: readonly CertificateHolderPlan[]
  /** Lower-case name of the field in which trusted proxies hand on a client's certificate; `null` where they do not. */
  readonly header: string | null
}

/** A certificate is this holder's where all that is not `null` is so. */
export type CertificateHolderPlan = {
  readonly id: string
  /** Who counts as caller. */
  readonly consumer: string
  /** SHA-256 of its DER form, in lower-case hex. */
  readonly thumbprint: string | null
  /** RFC 4514, as OpenSSL writes it. */
  readonly subject: string | null
  /** Among its alternative names: `DNS:…` in lower case, `URI:…` or `email:…`. */
  readonly name: string | null
  /** Which authorities may have signed it, with all that they vouch for; `null`: those of `everywhere`. */
  readonly authorities: readonly number[] | null
}

/** An authority whose client certificates are believed. */
export type AuthorityPlan = {
  readonly pem: string
  /** RFC 4514. */
  readonly subject: string
  /** Seconds since the epoch. */
  readonly notAfter: number
}

/** What an operation asks of its callers beyond a good credential: an application that is subscribed to the API. */
export type SubscriptionPlan = {
  /** Issuers whose tokens need one. */
  readonly issuers: readonly number[]
  /** Whether API keys and users need one. */
  readonly grants: boolean
  /** Whether a client certificate does, where it suffices alone and comes without any of those. */
  readonly certificate: boolean
}

/** `blocked-production`: for production keys only. */
export type SubscriptionState = 'active' | 'on-hold' | 'blocked' | 'blocked-production' | 'rejected'

/** Who subscribes to APIs. */
export type ApplicationPlan = {
  readonly id: string
  readonly uuid: string | null
  readonly name: string
  readonly owner: string | null
  readonly tier: string | null
  readonly keys: readonly ConsumerKeyPlan[]
  /** One for each API at the most; `tier` is the subscription's. */
  readonly subscriptions: readonly { readonly api: number; readonly tier: string | null; readonly state: SubscriptionState }[]
}

/** What callers of an application show. */
export type ConsumerKeyPlan = {
  /** `client:<issuer's index>:<client id>`, or what Consumer.key is: `consumer:…`, `user:…`, `certificate:…`. */
  readonly holder: string
  /** `null`: what the token says. */
  readonly keyType: 'production' | 'sandbox' | null
  /** Hosts of the web pages that may use it, `*.` in front for those below; empty for any, and for clients that are no page. */
  readonly domains: readonly string[]
}

/** The project's own steps. */
export type ExtensionsPlan = {
  /** Milliseconds for an answer. */
  readonly timeout: number
  /** Files of the project, each of which exports a function of the step's name. */
  readonly modules: readonly { readonly step: ExtensionStep; readonly file: string }[]
}

/** Where the gateway learns what is revoked. */
export type RevocationPlan = {
  /** Known from the start. */
  readonly snapshot: readonly RevokedPlan[]
  /** Path of the folder where what feeds say outlasts the process; `null`: nowhere, as when its settings are empty. */
  readonly persist: SettingText | null
  /** Entries that there is room for. */
  readonly capacity: number
  readonly feeds: readonly RevocationFeedPlan[]
  /** Whether feeds may deny callers as well. */
  readonly denies: boolean
  /** Those that operations have; each is there once. */
  readonly staleRules: readonly StaleRulePlan[]
}

/** What holds for requests with a credential when a feed has known nothing for certain for `after` milliseconds. */
export type StaleRulePlan = { readonly after: number; readonly action: 'deny' | 'allow' }

/** A source that is asked while the gateway runs. */
export type RevocationFeedPlan = ListFeedPlan | EtcdFeedPlan | RedisFeedPlan | AmqpFeedPlan | Amqp10FeedPlan

/** What all have. Addresses are https, rediss or amqps, or in the clear on this machine. */
type FeedPlan = {
  /** `null`: nothing is shown to the source. */
  readonly login: { readonly username: SettingText; readonly password: SettingText } | null
  /** PEM certificates, one each; empty for those that Node trusts. */
  readonly authorities: readonly string[]
}

/** What can be written to as well. `publish`: what is revoked through the gateway is published there. */
type PublishableFeedPlan = FeedPlan & { readonly publish: boolean }

/** A list of everything, read as a whole. `every`: milliseconds. */
export type ListFeedPlan = FeedPlan & { readonly kind: 'list'; readonly url: SettingText; readonly every: number }

/** Keys of etcd v3, read once and then watched. `prefix`: what they begin with, without the slash after it. */
export type EtcdFeedPlan = PublishableFeedPlan & {
  readonly kind: 'etcd'
  readonly endpoints: readonly SettingText[]
  readonly prefix: string
}

/** A stream of Redis, with a message for each entry. */
export type RedisFeedPlan = PublishableFeedPlan & { readonly kind: 'redis'; readonly url: SettingText; readonly stream: string }

/**
 * A topic of a broker of AMQP 0-9-1, which tells what is new and nothing else. `keep`: milliseconds for which entries are kept that say no
 * end of their own.
 */
export type AmqpFeedPlan = PublishableFeedPlan & {
  readonly kind: 'amqp'
  readonly url: SettingText
  readonly exchange: string
  readonly topic: string
  readonly keep: number
}

/**
 * A topic of a broker that speaks AMQP 1.0. `topic`: its address there. `keep`: milliseconds for which an entry counts that says no end.
 */
export type Amqp10FeedPlan = PublishableFeedPlan & {
  readonly kind: 'amqp10'
  readonly url: SettingText
  readonly topic: SettingText
  readonly keep: number
}

/** One thing that is revoked. */
export type RevokedPlan = {
  /**
   * `token`: one token, by its `jti` where an issuer is named, else by `jti`, by the part that is its signature, or, where it is opaque, as
   * a whole. `digest`: by the SHA-256 of its text, in base64url. `key`: all tokens that were signed with the key of this id.
   */
  readonly kind: 'token' | 'digest' | 'client' | 'user' | 'key' | 'api-key' | DeniedKind
  readonly name: string
  /** `null`: whoever issued it. */
  readonly issuer: string | null
  /** Of a client and a user: seconds since the epoch; what was issued earlier is revoked. `null` for the others. */
  readonly before: number | null
  /** Seconds since the epoch at which what it bars has expired by itself; `null` where nobody says. */
  readonly expires: number | null
}

/** Whom a feed denies whatever credential they show: an application, a user, all callers of an API, those of an address or network. */
export type DeniedKind = 'denied-application' | 'denied-user' | 'denied-api' | 'denied-address'

/** What a limit counts: `bytes` are those of request and response bodies. */
export type LimitUnit = 'requests' | 'bytes'

/**
 * At most `amount` in a window. `window` is milliseconds.
 * - `sliding`: in any window of that length, wherever it begins.
 * - `fixed`: in each window of that length, aligned to the epoch.
 * - `gcra`: evenly, `amount` for each `window`, and at the most `burst` at once.
 * - `calendar`: in each day, month or year of a time zone (IANA name).
 */
export type WindowPlan =
  | { readonly algorithm: 'sliding' | 'fixed'; readonly unit: LimitUnit; readonly amount: number; readonly window: number }
  | {
      readonly algorithm: 'gcra'
      readonly unit: LimitUnit
      readonly amount: number
      readonly window: number
      readonly burst: number
    }
  | {
      readonly algorithm: 'calendar'
      readonly unit: LimitUnit
      readonly amount: number
      readonly period: CalendarPeriod
      readonly timeZone: string
    }

export type LimitAlgorithm = WindowPlan['algorithm']

export type CalendarPeriod = 'day' | 'month' | 'year'

/** In the order in which they are checked. */
export type LimitLevel = 'api' | 'operation' | 'subscription' | 'application' | 'custom' | 'backend'

/** `mark`: what is beyond the limit passes, uncounted, and is told in metrics and the access log. */
export type WhenUsedUp = 'refuse' | 'mark'

/** A counted limit. One counter is kept for each value of `by`. */
export type LimitPlan = {
  readonly tier: string
  readonly level: LimitLevel
  /**
   * `consumer`: application or client id, else subject, else client certificate, else address. `application`: the subscribed application, else
   * the consumer. `api`: all callers together. `key`: as a custom limit says. On the level `subscription` each API counts by itself.
   */
  readonly by: 'consumer' | 'application' | 'api' | 'address' | 'key'
  readonly windows: readonly WindowPlan[]
  readonly whenUsedUp: WhenUsedUp
}

/** `limit`: its index; `null` for a name that limits nothing, and where `groups` say what holds, which are empty otherwise. */
export type NamedTierPlan = { readonly name: string; readonly limit: number | null; readonly groups: readonly ConditionalLimitPlan[] }

/** Limits of which a caller's credential says by name which one holds. */
export type NamedLimitsPlan = {
  readonly tiers: readonly NamedTierPlan[]
  /** Index of the tier that holds for callers of whom nothing says one; `null`: no limit. */
  readonly otherwise: number | null
  /** What becomes of a caller whose credential says a name that is not among `tiers`. */
  readonly unknown: 'otherwise' | 'refuse'
}

/** Requests in flight at the same time, of one API; 0 is no bound. */
export type ConcurrencyPlan = {
  /** All together, those of one consumer, and those to each backend. */
  readonly api: number
  readonly consumer: number
  readonly production: number
  readonly sandbox: number
  /** Milliseconds that a request may wait for its place. */
  readonly wait: number
}

/** What is asked of a request. `any`: the field, parameter or claim is there, whatever it says. */
export type ConditionPlan = { readonly negated: boolean } /** CIDR ranges or single addresses. */ & (
  | { readonly kind: 'address'; readonly ranges: readonly string[] }
  | { readonly kind: 'api'; readonly apis: readonly number[] }
  | { readonly kind: 'method'; readonly methods: readonly Method[] }
  /** The name of a field is in lower case; that of a claim may be dotted. */
  | { readonly kind: 'header' | 'query' | 'claim'; readonly name: string; readonly values: readonly string[] | 'any' }
  /** Ids of applications, subjects or names of users, and what Consumer.key is. */
  | { readonly kind: 'application' | 'user' | 'consumer'; readonly values: readonly string[] }
)

/** A part of a key. The name of a field is in lower case; that of a claim may be dotted. */
export type KeySelectorPlan =
  | { readonly kind: 'consumer' | 'user' | 'application' | 'api' | 'operation' | 'address' }
  | { readonly kind: 'header' | 'query' | 'claim'; readonly name: string }

/** A limit that counts by a key of its own, where all conditions hold. */
export type CustomLimitPlan = {
  /** Index of the limit. */
  readonly limit: number
  readonly conditions: readonly ConditionPlan[]
  /** Empty: all requests together. */
  readonly key: readonly KeySelectorPlan[]
}

/** One group of a tier that depends on the request. `limit`: its index; `null` for no limit. */
export type ConditionalLimitPlan = { readonly limit: number | null; readonly conditions: readonly ConditionPlan[] }

/** A Redis in which several gateways count together. */
export type SharedStorePlan = {
  /** `rediss://host:port` of the server, of sentinels, or of some nodes of a Cluster, with user and password where it asks for them. */
  readonly urls: readonly SettingText[]
  /** `name`: of the master, as sentinels know it. */
  readonly topology: { readonly kind: 'server' } | { readonly kind: 'sentinel'; readonly name: string } | { readonly kind: 'cluster' }
  /** `redis:` is allowed also to another machine. */
  readonly plainTcp: boolean
  /** PEM certificates, one each; empty for those that Node trusts. */
  readonly authorities: readonly string[]
  /** Known to all gateways that count together; `null`: the password of the Redis takes its place. */
  readonly secret: SettingText | null
  /** Milliseconds for one script. */
  readonly timeout: number
  /** `leased`: gateways hold small parts of a budget ahead of need. `strict`: each request asks. */
  readonly mode: 'leased' | 'strict'
  /** What holds while Redis is away: this gateway counts alone, nothing passes, everything does. */
  readonly whenAway: 'local' | 'deny' | 'allow'
  /** How many gateways there are: each takes its part while it counts alone. */
  readonly replicas: number
}

/** A Traffic Manager of WSO2, which counts for all gateways and says afterwards who has used up what. */
export type TrafficManagerPlan = {
  /** Told of requests at `<url>/throttleEventReceiver`. */
  readonly events: ServicePlan
  /** Asked for `<url>/keyTemplates` and `<url>/block`. */
  readonly data: ServicePlan
  /** Shown to both; `null`: nothing is. */
  readonly login: { readonly username: SettingText; readonly password: SettingText } | null
  /** A topic of a broker of AMQP 0-9-1, on which it says what it decides. */
  readonly decisions: {
    readonly url: SettingText
    readonly login: { readonly username: SettingText; readonly password: SettingText } | null
    /** PEM certificates, one each; empty for those that Node trusts. */
    readonly authorities: readonly string[]
    readonly exchange: string
    readonly topic: string
  }
  /** Whose blocking conditions count. */
  readonly tenant: string
  /** What holds while it cannot be told or heard: this gateway counts alone, nothing passes, its limits do not hold. */
  readonly whenAway: 'local' | 'deny' | 'allow'
  /** How many gateways there are: each takes its part while it counts alone. */
  readonly replicas: number
  /** Indexes of the limits that it counts; the others each gateway counts for itself. */
  readonly limits: readonly number[]
}

export type ThrottlingPlan = {
  /** `null`: each gateway counts for itself, but for what a Traffic Manager counts. */
  readonly store: SharedStorePlan | null
  /** `null`: there is none. Never beside `store`. */
  readonly trafficManager: TrafficManagerPlan | null
  readonly limits: readonly LimitPlan[]
  /** Counters that the table holds at the most. */
  readonly capacity: number
  /** `null`: these levels limit nobody. */
  readonly subscription: NamedLimitsPlan | null
  readonly application: NamedLimitsPlan | null
  /** Index of the limit for callers without a credential; `null`: none. */
  readonly unauthenticated: number | null
  readonly custom: readonly CustomLimitPlan[]
}

/** Where an operation’s requests go: the upstream URL’s path replaces the API’s base path in front of the rest of the path. */
export type BackendPlan = { readonly upstream: number }

export type PathSegment =
  /** Canonical text, matched byte for byte. */
  | { readonly kind: 'literal'; readonly text: string }
  /** The whole segment is one parameter: one or more characters. */
  | { readonly kind: 'parameter' }
  /** Literals with a parameter (one or more characters) between each two of them; the first and last literal may be empty. */
  | { readonly kind: 'pattern'; readonly literals: readonly string[] }

export type ApiPlan = {
  readonly name: string
  readonly version: string
  /** Canonical, without trailing slash; empty for the root. */
  readonly basePath: string
}

export type OperationPlan = {
  readonly api: number
  /** operationId, else `METHOD template`; unique in the plan; the label in logs and metrics. */
  readonly id: string
  readonly method: Method
  /** The whole template as the client sees it, base path included. */
  readonly template: string
  readonly path: readonly PathSegment[]
  readonly security: SecurityPlan
  /** `optional`: none will do, but one that is given must be good. */
  readonly certificate: 'unused' | 'optional' | 'required'
  /** `null`: no caller needs a subscription. */
  readonly subscription: SubscriptionPlan | null
  /** The steps that the project's own modules do here. */
  readonly extensions: readonly ExtensionStep[]
  /** Indexes of the holders whose certificates will do; `null`: those of any whom an authority of `everywhere` vouches for. */
  readonly certificateHolders: readonly number[] | null
  /** How a request must come. */
  readonly transport: 'any' | 'https' | 'http'
  /** Indexes of the limits of API and operation, in the order in which they are checked. */
  readonly limits: readonly number[]
  /** Of tiers that depend on the request: the first group holds whose conditions all do. Empty: the tier is among `limits`, or there is none. */
  readonly conditionalLimits: { readonly api: readonly ConditionalLimitPlan[]; readonly operation: readonly ConditionalLimitPlan[] }
  /** The limits that go by the caller's credential, or by its want of one, hold here. */
  readonly callerLimits: boolean
  /** Indexes of the limits over all callers that protect the backends; `null` for none. */
  readonly hardLimits: { readonly production: number | null; readonly sandbox: number | null }
  /** `null`: as many as there are. */
  readonly concurrency: ConcurrencyPlan | null
  /** Some limit holds, of whatever level: answers carry RateLimit fields. */
  readonly limited: boolean
  readonly production: BackendPlan | null
  readonly sandbox: BackendPlan | null
  /** Bytes; Number.MAX_SAFE_INTEGER where there is no bound, as for streams of messages. */
  readonly maxBody: number
  /** Milliseconds until the backend's answer must begin. */
  readonly answerTimeout: number
  /** Milliseconds for the whole exchange; 0 is no bound. */
  readonly exchangeTimeout: number
  /** Milliseconds that may pass between two pieces of a body, in either direction; 0 is no bound. */
  readonly bodyIdle: number
  /** The same for answers that are streams of events or messages; 0 is no bound. */
  readonly streamIdle: number
  /** `null`: the connection stays with HTTP. */
  readonly upgrade: UpgradePlan | null
  /** `null`: an operation of an API. Else one of the key manager's own: the backend's URL is the whole of the endpoint's. */
  readonly keyManager: { readonly endpoint: KeyManagerEndpoint; readonly issuer: number } | null
  /** Index into `cors`; `null`: the gateway leaves CORS to the backend. */
  readonly cors: number | null
  readonly identity: BackendIdentityPlan
  /** Index into `revocation.staleRules`; `null` where nobody comes with what could be revoked. */
  readonly onStale: number | null
}

/** RFC 6749 §3, RFC 7009, OpenID Connect Core §5.3. */
export type KeyManagerEndpoint = 'token' | 'revoke' | 'authorize' | 'userinfo'

/** A switch of protocols (RFC 9110 §7.8) that an operation allows. */
export type UpgradePlan = {
  /** `websocket`, or the name of another protocol, of which the gateway knows nothing. */
  readonly protocol: string
  /** Milliseconds without a byte in either direction after which it is closed; 0 is no bound. */
  readonly idle: number
  /** Milliseconds after which it is closed in any case; 0 is no bound. */
  readonly life: number
  /** The subprotocol that announces a bearer token as the next one; `null` where tokens come in a field only. */
  readonly tokenProtocol: string | null
  /** Bytes in one frame from the client; 0 where there are no frames. */
  readonly maxFrame: number
  readonly limit: UpgradeLimitPlan | null
  /** Tunnels of one consumer at the same time; 0 is no bound. */
  readonly perConsumer: number
}

/** Pages of which origins may read an operation's answers, and send what (WHATWG Fetch §3.3). */
export type CorsPlan = {
  /** As browsers write them in `Origin`; empty: none. */
  readonly origins: 'any' | readonly string[]
  /** Names of fields of requests, in lower case; `*` stands for every one but `authorization`. */
  readonly headers: readonly string[]
  /** Names of fields of answers that pages may read; `*` stands for every one. */
  readonly expose: readonly string[]
  /** Pages may send cookies, client certificates and the browser's own credentials, and read what comes back. */
  readonly credentials: boolean
  /** Seconds for which a browser may remember the answer to a preflight; `null`: as long as it does by itself. */
  readonly maxAge: number | null
}

/** What a client may send at once; it grows back evenly within `per` milliseconds. 0 is no bound. */
export type UpgradeLimitPlan = { readonly frames: number; readonly bytes: number; readonly per: number }

/** Ports, where no setting says otherwise. */
export type ListenPlan = {
  readonly http: number
  /** Used when the settings name certificates. */
  readonly https: number
  /** Why the gateway does not start without certificates: what says so, by file, for people. Empty where it does start. */
  readonly httpsRequiredBy: readonly string[]
  readonly admin: number
}

export type GatewayPlan = {
  readonly format: 1
  readonly name: string
  readonly version: string
  readonly errors: 'problem' | 'wso2'
  readonly listen: ListenPlan
  readonly limits: HttpLimitsPlan
  readonly timeouts: TimeoutsPlan
  /** CIDR ranges or single addresses. */
  readonly trustedProxies: readonly string[]
  /** Under which origins clients reach the gateway, as browsers write them. Empty: not said, and `Host` is believed. */
  readonly publicOrigins: readonly string[]
  /** `null`: no operation asks for one. */
  readonly clientCertificates: ClientCertificatesPlan | null
  readonly settings: readonly SettingPlan[]
  readonly upstreams: readonly UpstreamPlan[]
  readonly issuers: readonly IssuerPlan[]
  /** Empty where no operation asks for one; so are `apiKeyIssuers` and `users`. */
  readonly apiKeys: readonly ApiKeyPlan[]
  readonly apiKeyIssuers: readonly ApiKeyIssuerPlan[]
  readonly users: readonly UserPlan[]
  /** `null` and empty where no operation's backend gets any. */
  readonly backendToken: BackendTokenPlan | null
  readonly consumerFields: readonly ConsumerFieldPlan[]
  /** Something reads what verified tokens claim, so that their claims are kept as long as they are. */
  readonly keepClaims: boolean
  /** Empty where no operation asks for a subscription, and where only tokens say who is subscribed. */
  readonly applications: readonly ApplicationPlan[]
  /** `null`: the gateway does every step itself. */
  readonly extensions: ExtensionsPlan | null
  /** `null`: what was issued holds until it expires. */
  readonly revocation: RevocationPlan | null
  /** Every scope that some operation requires. */
  readonly scopes: readonly string[]
  readonly throttling: ThrottlingPlan
  /** A request is refused where all conditions of one of them hold. */
  readonly deny: readonly (readonly ConditionPlan[])[]
  readonly cors: readonly CorsPlan[]
  readonly apis: readonly ApiPlan[]
  readonly operations: readonly OperationPlan[]
}
