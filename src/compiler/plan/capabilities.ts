/** Which optional parts a plan needs; the bundle holds these and no others. */
import { type CapabilityName, capabilityModules } from '../../contract/capabilities.ts'
import type { RevocationFeedPlan } from '../../contract/plan/revocation-feed.ts'
import type { CredentialAlternative } from '../../contract/plan/security.ts'
import type { UpstreamPlan } from '../../contract/plan/upstream.ts'
import type { GatewayPlan } from '../../contract/plan.ts'

const needed: Readonly<Record<CapabilityName, (plan: GatewayPlan) => boolean>> = {
  jwt: takesTokens,
  'fetched-keys': (plan) => takesTokens(plan) && plan.issuers.some(({ fetchedKeys }) => fetchedKeys !== null),
  introspection: (plan) => takesTokens(plan) && plan.issuers.some(({ introspection }) => introspection !== null),
  'shared-introspection': (plan) => takesTokens(plan) && plan.issuers.some(({ introspection }) => introspection?.cache.shared != null),
  'key-manager': (plan) => plan.operations.some(({ keyManager }) => keyManager !== null),
  dpop: (plan) => plan.operations.some(({ security }) => (security.kind === 'token' || security.kind === 'credentials') && security.dpop),
  'client-certificate': (plan) => plan.operations.some(({ certificate }) => certificate !== 'unused'),
  credentials: (plan) => asksFor(plan, () => true),
  'credential-watch': (plan) => plan.operations.some(({ security, certificate }) => security.kind !== 'public' || certificate !== 'unused'),
  'api-key': (plan) => asksFor(plan, ({ apiKey }) => apiKey !== null),
  'signed-api-key': (plan) => plan.apiKeyIssuers.length > 0,
  'scrypt-api-key': (plan) => plan.apiKeys.some(({ digest }) => digest.kind === 'scrypt'),
  basic: (plan) => asksFor(plan, ({ basic }) => basic !== null),
  subscriptions: (plan) => plan.operations.some(({ subscription }) => subscription !== null),
  extensions: (plan) => plan.extensions !== null,
  revocation: (plan) => plan.revocation !== null,
  'revocation-persist': ({ revocation }) => revocation !== null && revocation.persist !== null,
  'revocation-list': ({ revocation }) => revocation?.feeds.some(({ kind }) => kind === 'list') === true,
  'revocation-etcd': ({ revocation }) => revocation?.feeds.some(({ kind }) => kind === 'etcd') === true,
  'revocation-redis': ({ revocation }) => revocation?.feeds.some(({ kind }) => kind === 'redis') === true,
  'revocation-amqp': ({ revocation }) => revocation?.feeds.some(({ kind }) => kind === 'amqp') === true,
  'revocation-amqp10': ({ revocation }) => revocation?.feeds.some(({ kind }) => kind === 'amqp10') === true,
  publishing: (plan) => publishesTo(plan, () => true),
  'publish-etcd': (plan) => publishesTo(plan, (kind) => kind === 'etcd'),
  'publish-redis': (plan) => publishesTo(plan, (kind) => kind === 'redis'),
  'publish-amqp': (plan) => publishesTo(plan, (kind) => kind === 'amqp'),
  'publish-amqp10': (plan) => publishesTo(plan, (kind) => kind === 'amqp10'),
  'throttle-redis': (plan) => plan.throttling.store !== null,
  throttle: ({ operations, throttling }) => throttling.trafficManager !== null || operations.some(({ limited }) => limited),
  'traffic-manager': (plan) => plan.throttling.trafficManager !== null,
  'backend-identity': ({ backendToken, consumerFields, operations }) =>
    backendToken !== null || consumerFields.length > 0 || operations.some(({ identity }) => identity.credential),
  'https-backend': (plan) => plan.upstreams.some(mayBeHttps),
  'http2-backend': (plan) => plan.upstreams.some(({ http }) => http === '2'),
  'backend-credential': (plan) => plan.upstreams.some(({ credential }) => credential !== null),
  'backend-digest': (plan) => plan.upstreams.some(({ credential }) => credential?.kind === 'digest'),
  'client-credentials': (plan) => plan.upstreams.some(({ credential }) => credential?.kind === 'client-credentials'),
  upgrade: (plan) => plan.operations.some((operation) => operation.upgrade !== null),
  concurrency: (plan) => plan.operations.some(({ concurrency }) => concurrency !== null),
  deny: (plan) => plan.deny.length > 0,
  'deny-feed': ({ revocation }) => revocation?.denies === true,
  cors: (plan) => plan.cors.length > 0,
  'wso2-errors': (plan) => plan.errors === 'wso2',
}

/** In the order of the contract's table. */
export function neededCapabilities(plan: GatewayPlan): readonly CapabilityName[] {
  const names = Object.keys(capabilityModules) as CapabilityName[]
  return names.filter((name) => needed[name](plan))
}

function takesTokens(plan: GatewayPlan): boolean {
  return plan.operations.some(({ security }) => security.kind === 'token') || asksFor(plan, ({ token }) => token !== null)
}

function asksFor({ operations }: GatewayPlan, matches: (alternative: CredentialAlternative) => boolean): boolean {
  return operations.some(({ security }) => security.kind === 'credentials' && security.alternatives.some(matches))
}

function publishesTo({ revocation }: GatewayPlan, matches: (kind: RevocationFeedPlan['kind']) => boolean): boolean {
  return revocation?.feeds.some((feed) => 'publish' in feed && feed.publish && matches(feed.kind)) === true
}

/** Whatever does not plainly begin with `http://` may turn out to be https when the settings are known. */
function mayBeHttps(upstream: UpstreamPlan): boolean {
  const [first] = upstream.url
  return typeof first !== 'string' || !/^http:\/\//i.test(first)
}
