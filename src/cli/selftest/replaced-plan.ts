/**
 * The plan of the gateway under test: the bundle's own, with throw-away keys in the place of those whose private halves nobody here has,
 * stand-ins in the place of other machines, and a few entries more. Everything else is the bundle's, which `replacementsIn` proves.
 */
import type { ServicePlan } from '../../contract/plan/service.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { digestAs, type Identities } from './identities.ts'
import { scaledBody } from './scaled-body.ts'

/** Where the stand-ins are. */
export type Addresses = {
  readonly backend: (upstream: number, http: '1.1' | '2') => string
  readonly keySet: (issuer: number) => string
  readonly introspection: (issuer: number) => string
}

/** How large a limit may be in the gateway under test; `lifted`: none holds, so that tests of other things are in nobody's way. */
export type LimitScale = { readonly kind: 'lifted' } | { readonly kind: 'scaled'; readonly amountOf: (amount: number) => number }

/** Requests that come through the load balancer that this command plays. */
export const loadBalancer = '127.0.0.1/32'

/** As the backend sees it where the gateway makes itself known with a user or a key. */
export const ownCredential = 'selftest-gateway-credential'

/** Milliseconds: bounds of time are no less, so that a slow machine passes. */
const patience = 60_000

/** Counters are 32-bit. */
const unreachable = 2 ** 31 - 1

export function replacedPlan(plan: GatewayPlan, identities: Identities, addresses: Addresses, scale: LimitScale): GatewayPlan {
  return {
    ...plan,
    trustedProxies: [...plan.trustedProxies, loadBalancer],
    settings: plan.settings.map((setting) => ({ ...setting, default: setting.default ?? 'selftest' })),
    timeouts: {
      ...plan.timeouts,
      head: patient(plan.timeouts.head),
      bodyIdle: patient(plan.timeouts.bodyIdle),
      keepAlive: patient(plan.timeouts.keepAlive),
      connect: patient(plan.timeouts.connect),
    },
    operations: plan.operations.map((operation) => ({
      ...operation,
      maxBody: scaledBody(operation.maxBody),
      answerTimeout: patient(operation.answerTimeout),
      exchangeTimeout: patient(operation.exchangeTimeout),
      bodyIdle: patient(operation.bodyIdle),
    })),
    extensions: plan.extensions === null ? null : { ...plan.extensions, timeout: patient(plan.extensions.timeout) },
    upstreams: plan.upstreams.map((upstream, index) => ({
      ...upstream,
      url: [addresses.backend(index, upstream.http)],
      tls: null,
      credential: standInCredential(upstream.credential),
    })),
    issuers: plan.issuers.map((issuer, index) => ({
      ...issuer,
      keys: issuer.fetchedKeys === null ? identities.issuers[index]!.keys : issuer.keys,
      fetchedKeys: issuer.fetchedKeys === null ? null : { ...issuer.fetchedKeys, service: service(addresses.keySet(index)) },
      introspection:
        issuer.introspection === null
          ? null
          : {
              ...issuer.introspection,
              service: service(addresses.introspection(index)),
              timeout: patient(issuer.introspection.timeout),
              credentials: { kind: 'basic', clientId: ['selftest'], clientSecret: ['selftest'] },
              cache: { ...issuer.introspection.cache, shared: null },
            },
    })),
    apiKeyIssuers: plan.apiKeyIssuers.map((issuer, index) => ({ ...issuer, keys: identities.apiKeyIssuers[index]!.keys })),
    apiKeys: [
      ...plan.apiKeys.map((key, index) => ({ ...key, digest: digestAs(key.digest, identities.apiKeys[index]!) })),
      ...addedKeys(plan, identities),
    ],
    users: [
      ...plan.users.map((user, index) => ({ ...user, password: digestAs(user.password, identities.passwords[index]!) })),
      ...plan.users.slice(0, 1).map(({ password }) => ({
        name: identities.poorUser.name,
        password: digestAs(password, identities.poorUser.password),
        scopes: [],
      })),
    ],
    clientCertificates: plan.clientCertificates === null ? null : (identities.certificates?.plan ?? null),
    revocation:
      plan.revocation === null
        ? null
        : { ...plan.revocation, snapshot: [...plan.revocation.snapshot, ...identities.revoked], feeds: [], persist: null },
    backendToken: plan.backendToken === null ? null : { ...plan.backendToken, key: [identities.backendTokenKey] },
    throttling: {
      ...plan.throttling,
      store: standInStore(plan),
      // Without one, all limits are the gateway's own.
      trafficManager: null,
      limits: plan.throttling.limits.map((limit) => scaledLimit(limit, scale)),
    },
  }
}

/** 0 is no bound. */
function patient(milliseconds: number): number {
  return milliseconds === 0 ? 0 : Math.max(milliseconds, patience)
}

function service(url: string): ServicePlan {
  return { url: [url], plainHttp: true, tls: null }
}

/** Users and keys go to the stand-in; what needs a conversation with another machine is left out. */
function standInCredential(credential: GatewayPlan['upstreams'][number]['credential']): GatewayPlan['upstreams'][number]['credential'] {
  if (credential?.kind === 'basic') return { ...credential, user: ['selftest'], password: [ownCredential] }
  return credential?.kind === 'api-key' ? { ...credential, key: [ownCredential] } : null
}

/** One that is good but for one thing each. */
function addedKeys({ apiKeys, scopes }: GatewayPlan, { extraKeys }: Identities): GatewayPlan['apiKeys'] {
  const [first] = apiKeys
  if (first === undefined) return []
  const every = scopes.map((_, index) => index)
  return [...extraKeys].map(([id, text]) => ({
    id,
    digest: digestAs({ kind: 'sha256', hash: '' }, text),
    consumer: id,
    tier: null,
    scopes: id === 'selftest-without-scopes' ? [] : every,
    apis: null,
    addresses: [],
    origins: [],
    expiresAt: id === 'selftest-expired' ? 1 : null,
  }))
}

/** The gateway under test counts alone: where several count together is nobody. */
function standInStore({ throttling: { store } }: GatewayPlan): GatewayPlan['throttling']['store'] {
  if (store === null) return null
  return {
    ...store,
    urls: [['redis://127.0.0.1:1']],
    topology: { kind: 'server' },
    authorities: [],
    secret: ['selftest-selftest-selftest-selftest'],
    whenAway: 'local',
    replicas: 1,
  }
}

function scaledLimit(limit: GatewayPlan['throttling']['limits'][number], scale: LimitScale): GatewayPlan['throttling']['limits'][number] {
  const amountOf = scale.kind === 'lifted' ? (): number => unreachable : scale.amountOf
  return {
    ...limit,
    windows: limit.windows.map((window) => {
      const amount = window.unit === 'bytes' ? unreachable : amountOf(window.amount)
      return window.algorithm === 'gcra'
        ? { ...window, amount, burst: window.unit === 'bytes' ? amount : amountOf(window.burst) }
        : { ...window, amount }
    }),
  }
}
