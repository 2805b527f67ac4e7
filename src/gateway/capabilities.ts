/**
 * What the generated entry hands to startGateway: the optional parts that this gateway's plan needs, and nothing else. A part that
 * is not handed in is not in the bundle. Types only: the core never imports a capability.
 */
import type { Amqp10FeedPlan, AmqpFeedPlan, EtcdFeedPlan, ListFeedPlan, RedisFeedPlan } from '../contract/plan/revocation-feed.ts'
import type { ApiKeyCapability, ScryptApiKeyCapability, SignedApiKeyCapability } from './capabilities/api-key.ts'
import type { BackendIdentityCapability } from './capabilities/backend-identity.ts'
import type { Http2BackendCapability, TlsCapability } from './capabilities/backends.ts'
import type { BasicCapability } from './capabilities/basic.ts'
import type { ClientCertificateCapability } from './capabilities/client-certificate.ts'
import type { ConcurrencyCapability } from './capabilities/concurrency.ts'
import type { CorsCapability } from './capabilities/cors.ts'
import type { CredentialWatchCapability } from './capabilities/credential-watch.ts'
import type { CredentialsCapability } from './capabilities/credentials.ts'
import type { DenyCapability } from './capabilities/deny.ts'
import type { DpopCapability } from './capabilities/dpop.ts'
import type { ExtensionCapability } from './capabilities/extensions.ts'
import type { FetchedKeysCapability } from './capabilities/fetched-keys.ts'
import type { IntrospectionCapability, SharedIntrospectionCapability } from './capabilities/introspection.ts'
import type { JwtCapability } from './capabilities/jwt.ts'
import type { KeyManagerCapability } from './capabilities/key-manager.ts'
import type { PublishingCapability, RevocationPublisherCapability } from './capabilities/publishing.ts'
import type { RevocationCapability } from './capabilities/revocation.ts'
import type { NamedSink, PolledSink, RevocationFeedCapability, TopicSink } from './capabilities/revocation-feed.ts'
import type { RevocationPersistCapability } from './capabilities/revocation-persist.ts'
import type { SubscriptionsCapability } from './capabilities/subscriptions.ts'
import type { ThrottleCapability, ThrottleRedisCapability, TrafficManagerCapability } from './capabilities/throttle.ts'
import type { UpgradeCapability } from './capabilities/upgrade.ts'
import type { Wso2ErrorsCapability } from './capabilities/wso2-errors.ts'
import type { BackendCredentialCapability, BackendDigestCapability, ClientCredentialsCapability } from './upstream/gateway-credential.ts'

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
