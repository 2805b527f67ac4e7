/** Decides everything that the gateway will enforce. It cannot fail: a project that reaches it has been checked. */
import { jwtAlgorithms } from '../../contract/key-rules.ts'
import type { CorsPlan } from '../../contract/plan/cors.ts'
import type { IntrospectionCachePlan, IntrospectionPlan } from '../../contract/plan/introspection.ts'
import type { IssuerPlan } from '../../contract/plan/issuer.ts'
import type { FetchedKeysPlan } from '../../contract/plan/keys.ts'
import type { OperationPlan, PathSegment } from '../../contract/plan/operation.ts'
import type { StaleRulePlan } from '../../contract/plan/revocation.ts'
import type { ServicePlan } from '../../contract/plan/service.ts'
import type { UpstreamPlan } from '../../contract/plan/upstream.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { planTls } from '../model/backend-tls.ts'
import type { Project } from '../model/model.ts'
import type { Introspection, IntrospectionCache } from '../model/types/introspection.ts'
import type { FetchedKeys, Issuer, IssuerKey, SenderConstrained } from '../model/types/issuer.ts'
import type { Operation } from '../model/types/operation.ts'
import type { Service } from '../model/types/service.ts'
import { confineToIssuers } from './accepted-issuers.ts'
import { acceptedHolders, planClientCertificates } from './client-certificates.ts'
import { asksOfClaims, planConditions, selectsClaims } from './conditions.ts'
import { planCors } from './cors.ts'
import { planExtensions, planOwnSteps, showsClaims } from './extensions.ts'
import { planIdentity, planTelling, tellsClaims } from './identity.ts'
import { Interner } from './interner.ts'
import { type DecidedLimit, Limits } from './limits.ts'
import { planListen } from './listeners.ts'
import { type OrderedOperation, operationLabels, orderedOperations } from './ordered-operations.ts'
import { planOnStale, planRevocation } from './revocation.ts'
import { requiredScopes, securityPlanner } from './security.ts'
import { planApplications, planSubscription } from './subscriptions.ts'

/** The plan, and beside it what the manifest tells people: `operations[i]` and `limits[i]` stand for the plan's entries at i. */
export type Decisions = {
  readonly plan: GatewayPlan
  readonly operations: readonly OrderedOperation[]
  readonly limits: readonly DecidedLimit[]
  /** Gateways that run at the same time, as the project says. */
  readonly replicas: number
}

export function makePlan(project: Project): Decisions {
  const operations = orderedOperations(project)
  const labels = operationLabels(operations)
  const scopes = requiredScopes(operations.map(({ operation }) => operation.security))
  const planSecurity = securityPlanner(project.issuers.length, scopes)
  const limits = new Limits(project)
  const upstreams = new Interner<UpstreamPlan>()
  const cors = new Interner<CorsPlan>()
  const staleRules = new Interner<StaleRulePlan>()

  const operationPlans = operations.map((ordered, index): OperationPlan => {
    const { operation } = ordered
    const security = confineToIssuers(planSecurity(operation.security, ordered.api.mutualTls?.value ?? null), operation, project)
    const identity = planIdentity(operation, security, project)
    const limited = limits.of(ordered, security.security)
    const known = { method: operation.method, security: security.security, limited: limited.limited }
    return {
      api: ordered.apiIndex,
      id: labels[index]!,
      method: operation.method,
      template: ordered.template,
      path: [...literalSegments(ordered.api.basePath.value), ...operation.path],
      ...security,
      subscription: planSubscription(ordered.api, security.security, project),
      certificateHolders: acceptedHolders(operation, security.certificate, project),
      transport: ordered.api.transport?.value ?? 'any',
      ...limited,
      concurrency: ordered.api.concurrency?.value ?? null,
      production: backend(operation.production, upstreams),
      sandbox: backend(operation.sandbox, upstreams),
      maxBody: operation.maxBody.value,
      answerTimeout: operation.answerTimeout.value,
      exchangeTimeout: operation.exchangeTimeout.value,
      bodyIdle: operation.idle?.value ?? project.timeouts.bodyIdle,
      streamIdle: operation.idle?.value ?? 0,
      upgrade: operation.upgrade?.value ?? null,
      keyManager: operation.keyManager,
      cors: operation.cors === null ? null : cors.indexOf(planCors(operation.cors.value, known)),
      identity,
      extensions: planOwnSteps({ security: security.security, identity }, project),
      onStale: planOnStale(operation, security.security, project, staleRules),
    }
  })

  const { maxHead, maxFields, maxTarget, maxConnections, maxUpstreamConnections, maxUpstreamWaiting, maxTunnels } = project.limits
  const { head, bodyIdle, keepAlive, connect, upstreamIdle, upstreamLife } = project.timeouts
  const throttling = limits.plan(operationPlans)
  const deny = project.deny.map(({ conditions }) => planConditions(conditions, project))
  const groups = operationPlans.flatMap(({ conditionalLimits: { api, operation } }) => [...api, ...operation])
  const conditions = [...deny, ...[...throttling.custom, ...groups].map((each) => each.conditions)].flat()
  // Whoever says while the gateway runs who is denied may name applications and users.
  const mayDeny = project.revocation?.denies === true || throttling.trafficManager !== null
  const asksOfApplications =
    mayDeny || [...conditions, ...throttling.custom.flatMap(({ key }) => key)].some(({ kind }) => kind === 'application')
  const readsTiers = throttling.subscription !== null || throttling.application !== null
  const countsCallers = readsTiers && operationPlans.some(({ callerLimits }) => callerLimits)
  const plan: GatewayPlan = {
    format: 1,
    name: project.name,
    version: project.version,
    errors: project.errors,
    listen: planListen(project, operations, operationPlans),
    limits: { maxHead, maxFields, maxTarget, maxConnections, maxUpstreamConnections, maxUpstreamWaiting, maxTunnels },
    timeouts: { head, bodyIdle, keepAlive, connect, upstreamIdle, upstreamLife },
    trustedProxies: project.trustedProxies,
    publicOrigins: project.publicOrigins,
    clientCertificates: planClientCertificates(project, operationPlans),
    settings: [...project.settings.values()]
      .map((setting) => ({ name: setting.name, default: setting.default, usedFor: setting.usedFor }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    upstreams: upstreams.values,
    issuers: project.issuers.map(
      ({ issuer, audiences, keys, fetchedKeys, algorithms, clockSkew, claims, profile, senderConstrained, introspection }) => ({
        issuer,
        audiences,
        keys: keys.map(planKey),
        fetchedKeys: fetchedKeys === null ? null : planFetchedKeys(fetchedKeys, algorithms),
        clockSkew,
        claims,
        profile,
        senderConstrained: planSenderConstrained(senderConstrained),
        introspection: introspection === null ? null : planIntrospection(introspection),
      }),
    ),
    ...planHolders(project, operationPlans, scopes),
    applications: planApplications(project, operationPlans, asksOfApplications || countsCallers),
    keepClaims:
      mayDeny ||
      asksOfClaims(conditions) ||
      throttling.custom.some(({ key }) => selectsClaims(key)) ||
      countsCallers ||
      operationPlans.some((each) => (each.subscription?.issuers ?? []).length > 0 || showsClaims(each) || tellsClaims(each)),
    extensions: planExtensions(project, operationPlans),
    revocation: planRevocation(project, staleRules.values),
    ...planTelling(project),
    scopes,
    throttling,
    deny,
    cors: cors.values,
    apis: project.apis.map((api) => ({ name: api.title, version: api.version, basePath: api.basePath.value })),
    operations: operationPlans,
  }
  return { plan, operations, limits: limits.decided, replicas: project.throttling.replicas }
}

/** Who holds API keys and passwords; nobody where no operation asks for one. Scopes that no operation requires are left out. */
function planHolders(
  { apiKeys, apiKeyIssuers, issuers, users, apis }: Project,
  operations: readonly OperationPlan[],
  scopes: readonly string[],
): Pick<GatewayPlan, 'apiKeys' | 'apiKeyIssuers' | 'users'> {
  const positions = (held: readonly string[]): readonly number[] =>
    [...new Set(held.map((scope) => scopes.indexOf(scope)))].filter((position) => position !== -1).toSorted((a, b) => a - b)
  const asked = (kind: 'apiKey' | 'basic'): boolean =>
    operations.some(({ security }) => security.kind === 'credentials' && security.alternatives.some((each) => each[kind] !== null))
  const indexes = (titles: readonly string[]): readonly number[] =>
    apis.flatMap(({ title }, index) => (titles.includes(title) ? [index] : []))
  return {
    apiKeys: (asked('apiKey') ? (apiKeys ?? []) : []).map((key) => ({
      id: key.id,
      digest: key.digest,
      consumer: key.consumer,
      tier: key.tier?.value ?? null,
      scopes: positions(key.scopes),
      apis: key.apis === null ? null : indexes(key.apis.map(({ value }) => value)),
      addresses: key.addresses,
      origins: key.origins,
      expiresAt: key.expiresAt,
    })),
    apiKeyIssuers: (asked('apiKey') ? apiKeyIssuers : []).map(({ issuer, keys, clockSkew, confined }) => {
      const typed = issuers.some((other) => other.issuer === issuer)
      return { issuer, keys: keys.map(planKey), clockSkew, typed, confined }
    }),
    users: (asked('basic') ? (users ?? []) : []).map(({ name, password, scopes: held }) => ({ name, password, scopes: positions(held) })),
  }
}

/** The segments of a base path: canonical text, no parameters. */
function literalSegments(basePath: string): readonly PathSegment[] {
  return basePath
    .split('/')
    .slice(1)
    .map((text) => ({ kind: 'literal', text }))
}

function backend(placed: Operation['production'], upstreams: Interner<UpstreamPlan>): OperationPlan['production'] {
  if (placed === null) return null
  const { url, http, tls, credential } = placed.value
  return { upstream: upstreams.indexOf({ url, http, tls: planTls(tls), credential: credential?.plan ?? null }) }
}

function planIntrospection({ service, credentials, timeout, lookups, cache }: Introspection): IntrospectionPlan {
  return { service: planService(service), credentials, timeout, lookups, cache: planCache(cache) }
}

function planService({ url, plainHttp, tls }: Service): ServicePlan {
  return { url, plainHttp, tls: planTls(tls) }
}

function planCache({ keep, keepInvalid, shared }: IntrospectionCache): IntrospectionCachePlan {
  if (shared === null) return { keep, keepInvalid, shared }
  const { url, plainTcp, authorities, secret, timeout } = shared
  return { keep, keepInvalid, shared: { url, plainTcp, authorities: authorities.map(({ pem }) => pem), secret, timeout } }
}

function planSenderConstrained(written: SenderConstrained | null): IssuerPlan['senderConstrained'] {
  if (written === null) return { certificate: false, dpop: false, required: false }
  return { certificate: written.certificate, dpop: written.dpop, required: written.required }
}

function planKey({ kid, algorithms, jwk, notAfter }: IssuerKey): GatewayPlan['issuers'][number]['keys'][number] {
  return { kid, algorithms, jwk, notAfter }
}

function planFetchedKeys({ service, refresh }: FetchedKeys, algorithms: Issuer['algorithms']): FetchedKeysPlan {
  return { service: planService(service), refresh, algorithms: algorithms ?? jwtAlgorithms }
}
