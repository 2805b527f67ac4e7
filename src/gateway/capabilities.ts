/**
 * What the generated entry hands to startGateway: the optional parts that this gateway's plan needs, and nothing else. A part that
 * is not handed in is not in the bundle. Types only: the core never imports a capability.
 */
import type { Socket } from 'node:net'
import type { ExtensionStep } from '../contract/extension.ts'
import type { KeyPlan } from '../contract/plan/keys.ts'
import type { OperationPlan } from '../contract/plan/operation.ts'
import type { DeniedKind, RevokedPlan } from '../contract/plan/revocation.ts'
import type { Amqp10FeedPlan, AmqpFeedPlan, EtcdFeedPlan, ListFeedPlan, RedisFeedPlan } from '../contract/plan/revocation-feed.ts'
import type { SecurityPlan } from '../contract/plan/security.ts'
import type { GatewayPlan } from '../contract/plan.ts'
import type { RefusalKind } from '../contract/refusals.ts'
import type { ReadinessConditions } from './admin/readiness.ts'
import type { ApiKeyGrant } from './api-key-grant.ts'
import type { AuthFailureReason } from './auth/auth-refusals.ts'
import type { VerifiedToken } from './auth/verified-token.ts'
import type { Claims } from './claims.ts'
import type { Clock } from './clock.ts'
import type { CoarseClock } from './coarse-clock.ts'
import type { CredentialFailure } from './credential-refusals.ts'
import type { Decision, Exchange, Refusal, Step } from './exchange.ts'
import type { RequestFields } from './http1/request-fields.ts'
import type { ResponseHead } from './http1/response-head.ts'
import type { WatchedFields } from './http1/watched-fields.ts'
import type { Log } from './observability/log.ts'
import type { Metrics } from './observability/metrics.ts'
import type { Operation } from './operation.ts'
import type { Keeper, KeptSource } from './revocation/keeper.ts'
import type { RevocationMarks } from './revocation/marks.ts'
import type { RouteMethods } from './router/router.ts'
import type { SharedMemory } from './serving-thread.ts'
import type { SharedCounting } from './shared-counting.ts'
import type { SignedKey } from './signed-api-key/signed-key.ts'
import type { CallerLimits } from './throttle/caller-limits.ts'
import type { TunnelEnd } from './upgrade/tunnel-counts.ts'
import type { Backend } from './upstream/backend.ts'
import type { BackendOrigin } from './upstream/backend-origin.ts'
import type { Dial, TlsDialOptions } from './upstream/dial.ts'
import type { BackendCredentialCapability, BackendDigestCapability, ClientCredentialsCapability } from './upstream/gateway-credential.ts'
import type { UpstreamLimits } from './upstream/upstream-limits.ts'

export type Capabilities = {
  readonly jwt?: JwtCapability
  readonly 'fetched-keys'?: FetchedKeysCapability
  readonly introspection?: IntrospectionCapability
  readonly 'shared-introspection'?: SharedIntrospectionCapability
  readonly 'key-manager'?: KeyManagerCapability
  readonly dpop?: DpopCapability
  readonly 'client-certificate'?: ClientCertificateCapability
  readonly credentials?: CredentialsCapability
  readonly 'api-key'?: ApiKeyCapability
  readonly 'signed-api-key'?: SignedApiKeyCapability
  readonly 'scrypt-api-key'?: ScryptApiKeyCapability
  readonly basic?: BasicCapability
  readonly subscriptions?: SubscriptionsCapability
  readonly extensions?: ReturnType<ExtensionCapability>
  readonly revocation?: RevocationCapability
  readonly 'revocation-persist'?: RevocationPersistCapability
  readonly 'revocation-list'?: RevocationFeedCapability<ListFeedPlan, PolledSink>
  readonly 'revocation-etcd'?: RevocationFeedCapability<EtcdFeedPlan, NamedSink>
  readonly 'revocation-redis'?: RevocationFeedCapability<RedisFeedPlan>
  readonly 'revocation-amqp'?: RevocationFeedCapability<AmqpFeedPlan, TopicSink>
  readonly 'revocation-amqp10'?: RevocationFeedCapability<Amqp10FeedPlan, TopicSink>
  readonly deny?: DenyCapability
  readonly 'deny-feed'?: DenyCapability
  readonly concurrency?: ConcurrencyCapability
  readonly publishing?: PublishingCapability
  readonly 'publish-etcd'?: RevocationPublisherCapability<EtcdFeedPlan>
  readonly 'publish-redis'?: RevocationPublisherCapability<RedisFeedPlan>
  readonly 'publish-amqp'?: RevocationPublisherCapability<AmqpFeedPlan>
  readonly 'publish-amqp10'?: RevocationPublisherCapability<Amqp10FeedPlan>
  readonly throttle?: ThrottleCapability
  readonly 'throttle-redis'?: ThrottleRedisCapability
  readonly 'traffic-manager'?: TrafficManagerCapability
  readonly 'backend-identity'?: BackendIdentityCapability
  readonly 'https-backend'?: TlsCapability
  readonly 'http2-backend'?: Http2BackendCapability
  readonly 'backend-credential'?: BackendCredentialCapability
  readonly 'backend-digest'?: BackendDigestCapability
  readonly 'client-credentials'?: ClientCredentialsCapability
  readonly 'wso2-errors'?: Wso2ErrorsCapability
  readonly upgrade?: UpgradeCapability
  readonly 'credential-watch'?: CredentialWatchCapability
  readonly cors?: CorsCapability
}

/** What a capability may use of the running gateway. */
export type Surroundings = {
  readonly plan: GatewayPlan
  readonly clock: Clock
  readonly metrics: Metrics
  readonly shared: SharedMemory
  /** Which thread it is: bounds are divided among all. */
  readonly thread: { readonly index: number; readonly count: number }
  /** Values of the plan's settings. */
  readonly values: ReadonlyMap<string, string>
  /** Takes an event that an operator should know of, and what is the matter, without secrets in it. */
  readonly warn: (event: string, problem: string) => void
  /** Has `action` done when the gateway has answered its last request: connections and timers go. */
  readonly atEnd: (action: () => void) => void
  /** `null` where all keys are baked. */
  readonly keySets: KeySets | null
  /** `null`: what was issued holds until it expires. */
  readonly revocations: Revocations | null
}

/** What there is when something is opened that lasts. `credentialWatch`: `null` where nobody shows a credential. */
export type WatchedSurroundings = Surroundings & { readonly credentialWatch: CredentialWatch | null }

export type CredentialWatchCapability = (surroundings: Surroundings) => CredentialWatch

/** Why what a request came with holds no more: words of log and metrics. */
export type CredentialEnd = 'revoked' | 'key-withdrawn' | 'token-expired' | 'credential-expired' | 'certificate-expired'

/** Whether what a request came with still holds while something lasts that was begun with it. */
export type CredentialWatch = {
  /** A few times a second, before anything is asked. Everything that lasts is asked about once after each. */
  sweep(): void
  /** `null` while it holds. `lasting`: what expires ends it as well, not only what is revoked or withdrawn. */
  ended(exchange: Exchange, lasting: boolean): CredentialEnd | null
  /** What the client of an exchange that is cut is told. It is counted. */
  refusal(end: CredentialEnd, operation: OperationPlan): Refusal
}

export type RevocationCapability = (
  surroundings: PlainSurroundings,
  feeds: RevocationFeeds,
  persist: RevocationPersistCapability | undefined,
  readiness: ReadinessConditions,
) => Promise<Revocations>

/** Opens the folder where what feeds say is kept; `null` where the operator names none. Rejects where it cannot be used. */
export type RevocationPersistCapability = (surroundings: PlainSurroundings) => Promise<KeptRevocations | null>

export type KeptRevocations = {
  /** What the hashes of entries are made with. */
  readonly hashKey: Uint8Array
  /** One for each feed. */
  readonly journals: readonly KeptJournal[]
  /** How often something could not be read or written, for metrics. */
  readonly problems: number
}

/** Takes what was kept. */
export type RestoredEntries = Pick<Keeper, 'put' | 'remove'> & {
  /** There will be so many entries, or fewer: they come sorted, and a table must be large enough for that beforehand. */
  expect(entries: number): void
}

export type KeptJournal = Keeper & {
  /**
   * Gives what was kept. Returns as of when (milliseconds since the epoch) it is all that the source knew; `null` where nobody knows.
   */
  restore(taker: RestoredEntries): number | null
  /** From now on what it is told is kept. `isAhead`: the source may have what is not in the file, and the other way round. */
  begin(source: KeptSource, isAhead: boolean): void
}

/** What there is before anything else is started. */
export type PlainSurroundings = Omit<Surroundings, 'keySets' | 'revocations'>

/** What can follow sources of each kind; undefined where the plan has none. */
export type RevocationFeeds = {
  readonly list: RevocationFeedCapability<ListFeedPlan, PolledSink> | undefined
  readonly etcd: RevocationFeedCapability<EtcdFeedPlan, NamedSink> | undefined
  readonly redis: RevocationFeedCapability<RedisFeedPlan> | undefined
  readonly amqp: RevocationFeedCapability<AmqpFeedPlan, TopicSink> | undefined
  readonly amqp10: RevocationFeedCapability<Amqp10FeedPlan, TopicSink> | undefined
}

/** Follows a source until the gateway ends, whatever happens to it. Rejects where it cannot so much as begin. */
export type RevocationFeedCapability<Plan, Sink = RevocationSink> = (
  plan: Plan,
  sink: Sink,
  surroundings: PlainSurroundings,
) => Promise<void>

/** What can publish to sources of each kind; undefined where nothing is published there. */
export type RevocationPublishers = {
  readonly etcd: RevocationPublisherCapability<EtcdFeedPlan> | undefined
  readonly redis: RevocationPublisherCapability<RedisFeedPlan> | undefined
  readonly amqp: RevocationPublisherCapability<AmqpFeedPlan> | undefined
  readonly amqp10: RevocationPublisherCapability<Amqp10FeedPlan> | undefined
}

/** Rejects with what an operator can act on. */
export type PublishingCapability = (surroundings: PlainSurroundings, publishers: RevocationPublishers) => Promise<Publishing>

export type Publishing = {
  /**
   * A token was revoked through this gateway at an issuer's key manager. `barring`: what bars it, where it says so itself.
   * Returns at once: it is published as soon as it can be.
   */
  revoked(token: string, issuer: number, barring: RevokedPlan | null): void
}

/** What opening something that publishes to a source needs. */
export type PublishingSurroundings = Pick<Surroundings, 'values' | 'clock' | 'warn'>

/** Opens what publishes to a source; nothing is connected before there is something to publish. Rejects for what can never work. */
export type RevocationPublisherCapability<Plan> = (plan: Plan, surroundings: PublishingSurroundings) => Promise<RevocationPublisher>

export type RevocationPublisher = {
  /** Resolves when the source has acknowledged the entry. Rejects where it did not, or did not in time: then it may be there all the same. */
  publish(entry: RevokedPlan): Promise<void>
  close(): void
}

/** What a feed says is revoked, and when that was published where its source tells: milliseconds since the epoch. */
export type FedEntry = RevokedPlan & { readonly publishedAt?: number }

/** Where a feed puts what its source says. */
export type RevocationSink = {
  /** The whole state follows, of about so many entries. Begun again before the end, what came counts all the same. */
  begin(entries: number): void
  put(entry: FedEntry): void
  /** Something that it said found no room: its whole state must be read again when there may be some. */
  readonly lacksRoom: boolean
  remove(entry: RevokedPlan): void
  /** The whole state was there; entries that were not in it go. */
  end(): Promise<void>
  /** Everything is known that the source knew at this time (monotonic milliseconds). */
  confirm(time: number): void
  /** A message says nothing that can be understood, and is skipped. */
  rejected(): void
  /** The source cannot be followed just now; a few words why, without anything that it said. */
  failed(problem: string): void
}

/** Of a source that is asked from time to time. */
export type PolledSink = RevocationSink & {
  /** Has `action` done when the source should be asked at once: a topic may have lost what it knows. */
  whenReread(action: () => void): void
}

/** Of a source that may say one thing under several names, of which any may go. */
export type NamedSink = RevocationSink & {
  /** What another name may have said as well: then that counts which bars more. Returns whether one has, since the state was begun. */
  putBeside(entry: FedEntry): boolean
  /** Whether it bars nothing any more, so that it is not taken. */
  hasEnded(entry: FedEntry): boolean
}

/** Of a source that never says what was before. It brings single entries, and confirms what has come since it was listened to. */
export type TopicSink = Omit<RevocationSink, 'begin' | 'end' | 'lacksRoom'> & {
  /**
   * What is published from `time` on (monotonic milliseconds) will come. What came before may be lost: it counts as known when all sources
   * that can say it again have been read since, and until then nothing that is confirmed here does.
   */
  subscribed(time: number): void
}

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

/** Opens what fetches key sets; nothing is fetched before `sweep`. Rejects with a StartError for an address that cannot be used. */
export type FetchedKeysCapability = (surroundings: KeySetSurroundings) => Promise<KeySets>

export type KeySetSurroundings = PlainSurroundings & {
  readonly log: Log
  readonly readiness: ReadinessConditions
}

/** The keys of issuers that are fetched while the gateway runs. `issuer` is an index in the plan. */
export type KeySets = {
  readonly follow: (issuer: number, take: TakeKeys) => void
  /** A token names a key that is not there: a fetch may be due sooner. */
  unknownKey(issuer: number): void
  /** Begins the fetches that are due. Monotonic milliseconds. */
  sweep(now: number): void
}

/** Takes the keys of an issuer that are to be used from now on, in the place of all before; resolves with how many are withdrawn by that. */
export type TakeKeys = (keys: readonly KeyPlan[]) => Promise<number>

/** Imports the baked keys; rejects when one of them cannot be used. */
export type JwtCapability = (surroundings: Surroundings, introspections: Introspections | null) => Promise<TokenAuthentication>

export type TokenAuthentication = {
  /** Sets exchange.token and exchange.consumer, or refuses. `null` for a public operation. */
  readonly authenticate: (operation: OperationPlan) => Step | null
  /** Refuses a token without the scopes that the operation requires. `null` where none are required. */
  readonly authorise: (operation: OperationPlan) => Step | null
  /** A token for one request, of which somebody else has said who holds it. */
  readonly tokenOf: (facts: TokenFacts) => VerifiedToken
  /**
   * What bars a JWT of this issuer (an index in the plan) until it expires; `null` for what is none. Its signature is verified, so that nobody
   * can have made up names remembered.
   */
  readonly barringEntry: (text: string, issuer: number) => RevokedPlan | null
}

/** Opens what asks the key managers of the plan; rejects with a StartError. */
export type IntrospectionCapability = (surroundings: Surroundings, shared: SharedIntrospections | null) => Promise<Introspections>

/** `null` for an issuer whose tokens nobody is asked about. */
export type Introspections = (issuer: number, judge: JudgeAnswer) => Introspector | null

/** Makes a token of a good answer, which was given at `answeredAt` (milliseconds since the epoch), or says why it is none. */
export type JudgeAnswer = (text: string, claims: Claims, answeredAt: number) => VerifiedToken | AuthFailureReason

/** Somebody who knows of tokens. Never rejects; `null`: there is no answer. */
export type TokenQuestions = { ask(token: string): Promise<TokenAnswer | null> }

export type TokenAnswer = {
  /** `null`: the token is not good. */
  readonly claims: Claims | null
  /** Milliseconds since the epoch. */
  readonly answeredAt: number
}

/** Opens what gateways share of the answers of key managers. Rejects with a StartError for settings that cannot be used. */
export type SharedIntrospectionCapability = (surroundings: Surroundings) => Promise<SharedIntrospections>

export type SharedIntrospections = {
  /** Asks the other gateways before the key manager, and tells them what that says. Where they share nothing, it is the key manager alone. */
  readonly share: (issuer: number, keyManager: TokenQuestions) => TokenQuestions
  /** A token was revoked through this gateway: the others are told. */
  readonly revoked: (token: string) => void
}

export type Introspector = {
  /**
   * What the key manager says of a token, now or when it has answered. Resolves at the latest when its time is over; one question is asked
   * about one token, however many requests wait for it. `caller`: whose question it is, as far as bounds go.
   */
  ask(text: string, caller: string): VerifiedToken | AuthFailureReason | Promise<VerifiedToken | AuthFailureReason>
}

/** `revoked` is told each token that a client has revoked, and at whose key manager: an issuer's index in the plan. */
export type KeyManagerCapability = (surroundings: Surroundings, revoked: (token: string, issuer: number) => void) => KeyManagerPass

export type KeyManagerPass = {
  /** Has the client's credentials go on to the key manager, and what it revokes forgotten. `null` for all other operations. */
  readonly passOn: (operation: OperationPlan, fields: RequestFields) => Step | null
}
/** See VerifiedToken. */
export type TokenFacts = Pick<VerifiedToken, 'issuer' | 'scopeBits' | 'keyType' | 'consumer'> & { readonly claims: Claims }

export type DpopCapability = (surroundings: Surroundings) => ProofOfPossession

export type ProofOfPossession = {
  /** Refuses a token that is bound to a key, without a good proof of it. `null` for operations that take none. */
  readonly prove: (operation: OperationPlan, fields: RequestFields) => Step | null
  /** Lower-case names of the fields that `prove` reads, and that backends do not see. */
  readonly watchedFields: readonly string[]
}

export type ClientCertificateCapability = (surroundings: Surroundings) => CertificateAuthentication

export type CertificateAuthentication = {
  /** Sets exchange.certificate, or refuses a bad one, and none where one is required. `null` where the operation asks for none. */
  readonly authenticate: (operation: OperationPlan, fields: RequestFields) => Step | null
  /** Where certificates and tokens are alternatives: what is outside of the one that is met counts no more. Else `null`. */
  readonly confine: (operation: OperationPlan) => Step | null
}

/** The security of an operation for which API keys or passwords count. */
export type CredentialsPlan = Extract<SecurityPlan, { kind: 'credentials' }>

/** What joins several kinds of credential on one operation. */
export type CredentialsCapability = (surroundings: Surroundings) => CredentialJoin

export type CredentialJoin = {
  /** `step` looks at one kind only: a refusal tells the client about the others as well, and a password is no token. */
  readonly beside: (step: Step, security: CredentialsPlan) => Step
  /** What is outside of the alternative that is met counts no more. `null` where a request has nothing besides. */
  readonly confine: (operation: OperationPlan) => Step | null
  /** Refuses a request whose good credentials satisfy no alternative. */
  readonly authorise: (security: CredentialsPlan) => Step
}

/** What knows the keys that are not found by a fast digest; `null` where there are none. */
export type ApiKeyKinds = { readonly signed: SignedApiKeys | null; readonly slow: SlowApiKeys | null }

export type ApiKeyCapability = (surroundings: Surroundings, kinds: ApiKeyKinds) => CredentialAuthentication
export type BasicCapability = (surroundings: Surroundings) => CredentialAuthentication

/** Imports the baked keys; throws when one of them cannot be used. */
export type SignedApiKeyCapability = (surroundings: Surroundings) => SignedApiKeys

export type SignedApiKeys = {
  /** That it has not expired, and may be used here, is looked at with every request. */
  readonly find: (text: string) => SignedKey | CredentialFailure
}

export type ScryptApiKeyCapability = (surroundings: Surroundings) => SlowApiKeys

/** What looking a key up came to; a number is a pause in milliseconds. */
export type FoundKey = ApiKeyGrant | CredentialFailure | number

export type SlowApiKeys = {
  /** `address`: whom guesses count for. */
  readonly find: (text: string, address: string) => FoundKey | Promise<FoundKey>
}

export type CredentialAuthentication = {
  /** Sets what the credential gives and exchange.consumer, or refuses a bad one. `null` where the operation does not ask for this kind. */
  readonly authenticate: (operation: OperationPlan, fields: RequestFields) => Step | null
}

export type SubscriptionsCapability = (surroundings: Surroundings) => SubscriptionValidation

export type SubscriptionValidation = {
  /** Sets exchange.subscription, or refuses a caller that has none. `null` where the operation asks for none. */
  readonly validate: (operation: OperationPlan) => Step | null
}

/** `own`: the functions of the project's modules. Throws a StartError where one is none. */
export type ExtensionCapability = (own: ExtensionFunctions) => (surroundings: Surroundings) => Extensions

export type ExtensionFunctions = Readonly<Partial<Record<ExtensionStep, unknown>>>

/** The project's own steps. Each is given the gateway's, and returns it where the operation keeps it. */
export type Extensions = {
  /** `tokenOf`: as of TokenAuthentication. */
  readonly token: (operation: OperationPlan, standard: Step, tokenOf: TokenAuthentication['tokenOf']) => Step
  readonly subscription: (operation: OperationPlan, standard: Step | null) => Step | null
  /** Decides about scopes alone: what the gateway's step refuses for another reason stays refused. */
  readonly scopes: (operation: OperationPlan, standard: Step | null) => Step | null
  /** `null`: the gateway makes the backend's token. */
  readonly consumerToken: (operation: OperationPlan) => OwnConsumerToken | null
}

/** `standard` makes the gateway's own token; `take` is given the one that is to be sent. */
export type OwnConsumerToken = (exchange: Exchange, standard: () => string, take: (token: string) => void) => ReturnType<Step>

export type DenyCapability = (surroundings: Surroundings) => DenyList

export type DenyList = {
  /** Lower-case names of the fields that it reads, and that go on to the backend. */
  readonly readFields: readonly string[]
  /** Refuses what is denied. `null` where nothing on the list is about the operation. */
  readonly check: (operation: OperationPlan, fields: RequestFields) => Step | null
}

export type ConcurrencyCapability = (surroundings: Surroundings) => Concurrency

export type Concurrency = {
  /** Has the request take its places among those in flight, or refuses, perhaps after a wait. `null` for an operation without such a bound. */
  readonly limit: (operation: OperationPlan) => Step | null
}

/** `shared`: what several gateways count by; without it each counts for itself. */
export type ThrottleCapability = (surroundings: Surroundings, shared?: SharedCounting | null) => Throttling

/** Opens what several gateways count by. Rejects with a StartError for settings that cannot be used. */
export type ThrottleRedisCapability = (surroundings: Surroundings) => Promise<SharedCounting>

/**
 * Opens what a Traffic Manager counts and decides by. `throttle`: what this gateway counts by itself. Rejects with a StartError for settings that
 * cannot be used.
 */
export type TrafficManagerCapability = (
  surroundings: Surroundings,
  throttle: ThrottleCapability,
) => Promise<{ readonly throttling: Throttling; readonly denied: DenyList }>

export type Throttling = {
  /** Counts the request against the operation's limits, or refuses. `null` where it has none. */
  readonly throttle: (operation: OperationPlan, fields: RequestFields) => Step | null
  /** Lower-case names of the fields that it reads, and that go on to the backend. */
  readonly readFields: readonly string[]
  /** Which limits hold for a caller of an API, an index in the plan, and whom they count. */
  readonly callerLimits: (exchange: Exchange, api: number) => CallerLimits
}

export type BackendIdentityCapability = {
  /** Throws a StartError where its key cannot be used; so does `keySet`. */
  readonly open: (surroundings: Surroundings) => BackendIdentity
  /** The public key of backend tokens as a JWK Set (RFC 7517 §5), as text; `null` where the plan has none. */
  readonly keySet: (plan: GatewayPlan, values: ReadonlyMap<string, string>) => string | null
}

export type BackendIdentity = {
  /** Adds to the request for the backend what the operation's is to know of the caller. Never refuses. `null`: nothing. */
  readonly tell: (operation: OperationPlan, fields: RequestFields, own: OwnConsumerToken | null) => Step | null
  /** Lower-case names of the fields that it makes; a client's own never reach a backend. */
  readonly watchedFields: readonly string[]
}

/** Loads what opens verified TLS connections to backends. What it resolves with throws a StartError for files that it cannot use. */
export type TlsCapability = () => Promise<(options: TlsDialOptions) => Dial>

/** Loads what speaks HTTP/2 with backends. */
export type Http2BackendCapability = () => Promise<
  (index: number, origin: BackendOrigin, dial: Dial, limits: UpstreamLimits, clock: CoarseClock) => Backend
>

export type UpgradeCapability = (surroundings: WatchedSurroundings, time: CoarseClock) => Upgrades

export type Upgrades = {
  /** Sets exchange.upgrade, and exchange.credential from a subprotocol, or refuses. `null` for operations without an upgrade. */
  readonly handshake: (operation: OperationPlan, fields: RequestFields) => Step | null
  /** Lower-case names of the fields that `handshake` reads, and that are made anew. */
  readonly watchedFields: readonly string[]
  /** All tunnels that are open now. */
  readonly open: ReadonlySet<Tunnel>
}

/** A request's place among the tunnels, which are bounded. */
export type TunnelSlot = {
  /** Before the backend is asked; refuses where there is none. */
  take(exchange: Exchange): Refusal | undefined
  /** However it ends; again, or without a place, it does nothing. */
  free(): void
}

/** A client's well-formed request to switch protocols. */
export type UpgradeRequest = {
  readonly place: TunnelSlot
  /** Lines for the backend, each ending in CRLF. */
  readonly fields: string
  /** Which fields are noticed and dropped in the answer. `limited`: the gateway adds RateLimit fields of its own. */
  answerFields(limited: boolean): WatchedFields
  /** Lines of the 101 for the client, each ending in CRLF; `null` where the backend's 101 is no correct answer to this request. */
  accept(answer: ResponseHead): string | null
  /** After `accept`: what comes on the two connections from now on goes from one to the other. */
  join(client: Socket, backend: Socket, exchange: Exchange): Tunnel
}

/** A client's and a backend's connection, joined. It ends both. */
export type Tunnel = {
  /** Whose token it was opened with; `null` for anonymous callers. */
  readonly token: VerifiedToken | null
  /** Bytes from and to the client. */
  readonly bytesIn: number
  readonly bytesOut: number
  /** A fixed word why it ended; empty while it is open. */
  readonly end: string
  fromClient(chunk: Buffer): void
  fromBackend(chunk: Buffer): void
  /** Ends it in order, with a Close frame where the protocol has them. `code`: RFC 6455 §7.4; `why` is for log and metrics. */
  close(code: number, why: TunnelEnd): void
  /** Called a few times a second; monotonic milliseconds. */
  sweep(now: number): void
  /** The client's connection has closed. */
  clientClosed(): void
}

export type CorsCapability = (surroundings: Surroundings) => Cors

export type Cors = {
  /** Lower-case names of the fields of requests that it reads, and that go on to the backend. */
  readonly readFields: readonly string[]
  readonly open: (fields: RequestFields) => OpenCors
}

/** Where the fields of requests are known. */
export type OpenCors = {
  /** `null` for operations whose CORS is left to the backend. */
  readonly of: (operation: OperationPlan) => OperationCors | null
  readonly preflight: Preflight
}

/** Answers an OPTIONS request of this path, or does not where it is no preflight of an operation with CORS. */
export type Preflight = (exchange: Exchange, methods: RouteMethods<Operation>) => Decision

export type OperationCors = {
  /** Adds to whatever answer goes out what the page that asks may do with it. Never refuses. */
  readonly step: Step
  /** Sets the fields of the answer to a preflight. `method`: the operation's own. */
  preflight(exchange: Exchange, method: string): void
  /** Which fields are noticed and dropped in backends' answers. `limited`: the gateway adds RateLimit fields of its own. */
  answerFields(limited: boolean): WatchedFields
  /** A backend's answer has come, read with those. */
  answered(exchange: Exchange, answer: ResponseHead): void
}

/** Body and media type of a refusal in WSO2's form; XML where `accept` prefers it. */
export type Wso2ErrorsCapability = (kind: RefusalKind, accept: string) => { readonly contentType: string; readonly body: string }

export type { Refusal, Step }
