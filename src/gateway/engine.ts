/**
 * What serves requests in one thread: capabilities, backends, operations with their steps, router and listener. A gateway has one in its
 * main thread, or one in each of several.
 */
import type { OperationPlan } from '../contract/plan/operation.ts'
import type { GatewayPlan } from '../contract/plan.ts'
import type { ReadinessConditions } from './admin/readiness.ts'
import type { ApiKeyKinds } from './capabilities/api-key.ts'
import type { OpenCors } from './capabilities/cors.ts'
import type { CredentialWatch } from './capabilities/credential-watch.ts'
import type { DenyList } from './capabilities/deny.ts'
import type { KeySets } from './capabilities/fetched-keys.ts'
import type { RevocationPublishers } from './capabilities/publishing.ts'
import type { Revocations } from './capabilities/revocation.ts'
import type { PlainSurroundings, Surroundings, WatchedSurroundings } from './capabilities/surroundings.ts'
import type { TrafficManagerCapability } from './capabilities/throttle.ts'
import type { Capabilities } from './capabilities.ts'
import type { SweepingClock } from './clock.ts'
import { CoarseClock } from './coarse-clock.ts'
import { type RequestFields, requestFields } from './http1/request-fields.ts'
import { limitedResponseFields, responseFields } from './http1/response-fields.ts'
import { TrustedProxies } from './listener/client-address.ts'
import { DateLine } from './listener/date-line.ts'
import { Listener } from './listener/listener.ts'
import { openTls } from './listener/open-tls.ts'
import { RequestIds } from './listener/request-ids.ts'
import type { TlsServer } from './listener/tls-server.ts'
import type { Log } from './observability/log.ts'
import type { Metrics } from './observability/metrics.ts'
import type { BackendTarget, Operation } from './operation.ts'
import { type StepMakers, stepsFor } from './pipeline.ts'
import { refusalWriter } from './refuse.ts'
import { Router } from './router/router.ts'
import type { ServingThread } from './serving-thread.ts'
import { type Settings, StartError } from './settings.ts'
import type { Backend } from './upstream/backend.ts'
import { openBackends } from './upstream/open-backends.ts'

/** Milliseconds between two looks at all deadlines. */
const sweepEvery = 250

export type EngineParts = {
  readonly plan: GatewayPlan
  readonly capabilities: Capabilities
  readonly settings: Settings
  readonly clock: SweepingClock
  readonly log: Log
  readonly metrics: Metrics
  readonly thread: ServingThread
  readonly readiness: ReadinessConditions
}

/** `https` is `null` where TLS is off. */
export type ListeningPorts = { readonly http: number; readonly https: number | null }

/** Requests in flight when it began, and how many of them were cut when it is over. */
export type Stopping = { readonly inFlight: number; readonly cut: Promise<number> }

export class Engine {
  readonly #parts: EngineParts
  readonly #listener: Listener
  readonly #tls: TlsServer | null
  readonly #upstreams: readonly Backend[]
  readonly #keySets: KeySets | null
  /** What capabilities have to do when all is answered. */
  readonly #endings: readonly (() => void)[]
  readonly #stopSweeping: () => void

  private constructor(
    parts: EngineParts,
    listener: Listener,
    tls: TlsServer | null,
    upstreams: readonly Backend[],
    keySets: KeySets | null,
    endings: readonly (() => void)[],
    time: CoarseClock,
    revocations: Revocations | null,
    credentialWatch: CredentialWatch | null,
  ) {
    this.#parts = parts
    this.#endings = endings
    this.#listener = listener
    this.#tls = tls
    this.#upstreams = upstreams
    this.#keySets = keySets
    this.#stopSweeping = parts.clock.every(sweepEvery, () => {
      time.now = parts.clock.monotonic()
      revocations?.sweep()
      credentialWatch?.sweep()
      listener.sweep(time.now)
      tls?.sweep(time.now)
      for (const upstream of upstreams) upstream.sweep(time.now)
      keySets?.sweep(time.now)
      parts.log.flush()
      parts.thread.turnedOver()
    })
  }

  /** Rejects with a StartError. */
  static async make(parts: EngineParts): Promise<Engine> {
    const { plan, capabilities, settings, clock, log, metrics, thread, readiness } = parts
    const time = new CoarseClock(clock.monotonic())
    const endings: (() => void)[] = []
    const common: PlainSurroundings = {
      plan,
      clock,
      metrics,
      shared: thread.shared,
      thread,
      values: settings.values,
      warn: (event, problem) => log.event('warn', event, { problem }),
      atEnd: (action) => endings.push(action),
    }
    const keySets = (await capabilities['fetched-keys']?.({ ...common, log, readiness })) ?? null
    const revocations = await openRevocations(capabilities, common, readiness)
    const credentialWatch = openCredentialWatch(capabilities, { ...common, keySets, revocations })
    const makers = await startCapabilities(capabilities, { ...common, keySets, revocations, credentialWatch }, time)
    const tls =
      settings.tls === null ? null : await openTls(settings.tls.files, plan, { log, metrics, shared: thread.shared, now: time.now })
    const upstreams = await openBackends({
      plan,
      capabilities,
      values: settings.values,
      clock: time,
      wallClock: clock,
      thread,
      warn: (problem) => log.event('warn', 'backend-certificate', { problem }),
      tell: (upstream, event, problem) => {
        metrics.backendCredential(upstream, event)
        if (problem !== null) log.event('warn', 'backend-credential', { upstream, problem })
      },
    })
    const watched = [
      ...(makers.upgrades?.watchedFields ?? []),
      ...(makers.proofs?.watchedFields ?? []),
      ...(makers.identity?.watchedFields ?? []),
      ...ownFields(plan),
    ]
    const fields = requestFields(credentialFields(plan), watched, [
      ...(makers.cors?.readFields ?? []),
      ...makers.denied.flatMap(({ readFields }) => readFields),
      ...(makers.throttling?.readFields ?? []),
      ...readCookies(plan),
    ])
    const cors = makers.cors?.open(fields) ?? null
    const operations = plan.operations.map((operation, index) => makeOperation(operation, index, plan, upstreams, fields, makers, cors))
    const listener = new Listener({
      plan,
      clock,
      time,
      router: new Router(operations.map((operation) => ({ plan: operation.plan, value: operation }))),
      preflight: cors?.preflight ?? null,
      credentialWatch,
      requestFields: fields,
      credentialSlots: [...fields.credentialSlots.values()],
      trustedProxies: new TrustedProxies(plan.trustedProxies),
      refusalWriter: refusalWriter(capabilities['wso2-errors']),
      requestIds: new RequestIds(),
      date: new DateLine(clock),
      metrics,
      log,
      connections: thread.connections,
      sharesPort: thread.count > 1,
    })
    return new Engine(parts, listener, tls, upstreams, keySets, endings, time, revocations, credentialWatch)
  }

  /** Resolves with the ports once connections are accepted; rejects with a StartError. `https` counts for nothing where TLS is off. */
  async listen(http: number, https: number): Promise<ListeningPorts> {
    const { host } = this.#parts.settings
    this.#keySets?.sweep(this.#parts.clock.monotonic())
    return {
      http: await listening(this.#listener.listen(host, http), host, http),
      https: this.#tls === null ? null : await listening(this.#listener.listenSecurely(this.#tls, host, https), host, https),
    }
  }

  /** Takes no new requests; those in flight may end within the drain time, and then backends are let go. */
  stop(): Stopping {
    const inFlight = this.#listener.busy
    const cut = this.#listener.drain(this.#parts.settings.drainSeconds * 1000).then((count) => {
      this.#close()
      return count
    })
    return { inFlight, cut }
  }

  #close(): void {
    this.#stopSweeping()
    for (const upstream of this.#upstreams) upstream.close()
    for (const ending of this.#endings) ending()
  }
}

/** Makes of what stops a listener one line for the operator. */
export async function listening<T>(server: Promise<T>, host: string, wanted: number): Promise<T> {
  try {
    return await server
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown'
    if (code === 'ENOTSUP') throw new StartError('this system cannot share a port between threads: leave POSTERN_WORKERS at 1')
    throw new StartError(`cannot listen on ${host} port ${wanted}: ${code === 'EADDRINUSE' ? 'the port is in use' : code}`)
  }
}

/** Throws when the plan asks for what the bundle does not have. */
async function openRevocations(
  capabilities: Capabilities,
  surroundings: PlainSurroundings,
  readiness: ReadinessConditions,
): Promise<Revocations | null> {
  if (surroundings.plan.revocation === null) return null
  if (capabilities.revocation === undefined) throw new Error('revocation is asked for, and this bundle has none')
  if (surroundings.plan.revocation.persist !== null && capabilities['revocation-persist'] === undefined)
    throw new Error('revocations are to be kept, and this bundle cannot')
  try {
    const feeds = {
      list: capabilities['revocation-list'],
      etcd: capabilities['revocation-etcd'],
      redis: capabilities['revocation-redis'],
      amqp: capabilities['revocation-amqp'],
      amqp10: capabilities['revocation-amqp10'],
    }
    return await capabilities.revocation(surroundings, feeds, capabilities['revocation-persist'], readiness)
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : 'revocation could not be started')
  }
}

/** Throws when the plan asks for what the bundle does not have. */
function openCredentialWatch(capabilities: Capabilities, surroundings: Surroundings): CredentialWatch | null {
  const { operations } = surroundings.plan
  if (operations.every(({ security, certificate }) => security.kind === 'public' && certificate === 'unused')) return null
  if (capabilities['credential-watch'] === undefined) throw new Error('credentials are asked for, and this bundle cannot watch them')
  return capabilities['credential-watch'](surroundings)
}

async function startCapabilities(capabilities: Capabilities, surroundings: WatchedSurroundings, time: CoarseClock): Promise<StepMakers> {
  try {
    const shared = (await capabilities['shared-introspection']?.(surroundings)) ?? null
    const counting = (await capabilities['throttle-redis']?.(surroundings)) ?? null
    if (surroundings.plan.throttling.store !== null && counting === null)
      throw new Error('several gateways count together, and this bundle counts alone')
    const manager = await openTrafficManager(capabilities, surroundings)
    const introspections = capabilities.introspection === undefined ? null : await capabilities.introspection(surroundings, shared)
    const publishing = (await capabilities.publishing?.(surroundings, publishersIn(capabilities))) ?? null
    const apiKeyKinds = makeApiKeyKinds(capabilities, surroundings)
    const tokens = capabilities.jwt === undefined ? null : await capabilities.jwt(surroundings, introspections)
    const revoked = (token: string, issuer: number): void => {
      shared?.revoked(token)
      const { revocations } = surroundings
      const entry = revocations === null || tokens === null ? null : tokens.barringEntry(token, issuer)
      if (entry !== null) revocations?.revokeHere(entry)
      publishing?.revoked(token, issuer, entry)
    }
    return {
      tokens,
      keyManagers: capabilities['key-manager'] === undefined ? null : capabilities['key-manager'](surroundings, revoked),
      proofs: capabilities.dpop === undefined ? null : capabilities.dpop(surroundings),
      certificates: capabilities['client-certificate'] === undefined ? null : capabilities['client-certificate'](surroundings),
      credentials: capabilities.credentials === undefined ? null : capabilities.credentials(surroundings),
      apiKeys: capabilities['api-key'] === undefined ? null : capabilities['api-key'](surroundings, apiKeyKinds),
      basic: capabilities.basic === undefined ? null : capabilities.basic(surroundings),
      extensions: capabilities.extensions === undefined ? null : capabilities.extensions(surroundings),
      subscriptions: capabilities.subscriptions === undefined ? null : capabilities.subscriptions(surroundings),
      denied: [...openDenyLists(capabilities, surroundings), ...(manager === null ? [] : [manager.denied])],
      concurrency: capabilities.concurrency === undefined ? null : capabilities.concurrency(surroundings),
      throttling: manager?.throttling ?? capabilities.throttle?.(surroundings, counting) ?? null,
      identity: capabilities['backend-identity'] === undefined ? null : capabilities['backend-identity'].open(surroundings),
      cors: capabilities.cors === undefined ? null : capabilities.cors(surroundings),
      upgrades: capabilities.upgrade === undefined ? null : capabilities.upgrade(surroundings, time),
    }
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : 'a capability could not be started')
  }
}

/** Throws when the plan asks for what the bundle does not have. */
function openDenyLists(capabilities: Capabilities, surroundings: Surroundings): readonly DenyList[] {
  const { deny, revocation } = surroundings.plan
  if (deny.length > 0 && capabilities.deny === undefined) throw new Error('the plan denies requests, and this bundle cannot')
  if (revocation?.denies === true && capabilities['deny-feed'] === undefined)
    throw new Error('feeds are to deny callers, and this bundle cannot')
  return [capabilities.deny, capabilities['deny-feed']].flatMap((capability) => capability?.(surroundings) ?? [])
}

/** Rejects when the plan asks for what the bundle does not have. */
async function openTrafficManager(
  { throttle, 'traffic-manager': open }: Capabilities,
  surroundings: Surroundings,
): Promise<Awaited<ReturnType<TrafficManagerCapability>> | null> {
  if (surroundings.plan.throttling.trafficManager === null) return null
  if (throttle === undefined || open === undefined) throw new Error('a Traffic Manager is to count, and this bundle has none')
  return await open(surroundings, throttle)
}

function publishersIn(capabilities: Capabilities): RevocationPublishers {
  return {
    etcd: capabilities['publish-etcd'],
    redis: capabilities['publish-redis'],
    amqp: capabilities['publish-amqp'],
    amqp10: capabilities['publish-amqp10'],
  }
}

function makeApiKeyKinds(capabilities: Capabilities, surroundings: Surroundings): ApiKeyKinds {
  const { apiKeys, apiKeyIssuers } = surroundings.plan
  const signed = capabilities['signed-api-key']?.(surroundings) ?? null
  const slow = capabilities['scrypt-api-key']?.(surroundings) ?? null
  if ((apiKeyIssuers.length > 0 && signed === null) || (apiKeys.some(({ digest }) => digest.kind === 'scrypt') && slow === null))
    throw new Error('the plan has a kind of API key that this bundle cannot verify')
  return { signed, slow }
}

/** Lower-case names of the fields in which something comes that only the gateway may see. */
function credentialFields({ operations, clientCertificates }: GatewayPlan): readonly string[] {
  const ofOperations = operations.flatMap(({ security }) => {
    if (security.kind === 'token') return [security.header]
    if (security.kind !== 'credentials') return []
    return [security.header, ...security.apiKeyPlaces.flatMap((place) => (place.in === 'header' ? [place.name] : []))]
  })
  const header = clientCertificates?.header ?? null
  return header === null ? ofOperations : [...ofOperations, header]
}

/** Lower-case names of the fields in which the gateway makes itself known to backends: a client's own must not stand in its place. */
function ownFields({ upstreams }: GatewayPlan): readonly string[] {
  return upstreams.flatMap(({ credential }) => (credential?.kind === 'api-key' && credential.in === 'header' ? [credential.name] : []))
}

/** Keys in cookies are taken out of them; the others go on. */
function readCookies({ operations }: GatewayPlan): readonly string[] {
  const taken = operations.some(
    ({ security }) => security.kind === 'credentials' && security.apiKeyPlaces.some((place) => place.in === 'cookie'),
  )
  return taken ? ['cookie'] : []
}

/** `null` where no token is asked for. */
function tokenHeaderOf({ security }: OperationPlan): string | null {
  if (security.kind === 'token') return security.header
  return security.kind === 'credentials' && security.alternatives.some(({ token }) => token !== null) ? security.header : null
}

function makeOperation(
  operation: OperationPlan,
  index: number,
  plan: GatewayPlan,
  upstreams: readonly Backend[],
  fields: RequestFields,
  makers: StepMakers,
  openCors: OpenCors | null,
): Operation {
  const basePathLength = operation.keyManager === null ? plan.apis[operation.api]!.basePath.length : operation.template.length
  const target = (backend: OperationPlan['production']): BackendTarget | null => {
    if (backend === null) return null
    const upstream = upstreams[backend.upstream]!
    return { upstream, pathPrefix: upstream.origin.pathPrefix, basePathLength }
  }
  const production = target(operation.production)
  const sandbox = target(operation.sandbox)
  const tokenHeader = tokenHeaderOf(operation)
  const credentialField = tokenHeader === null ? -1 : fields.credentialSlots.get(tokenHeader)!
  const cors = openCors?.of(operation) ?? null
  const { limited } = operation
  return {
    index,
    plan: operation,
    steps: stepsFor(operation, production, sandbox, makers, fields, cors),
    credentialField,
    bodyIdle: operation.bodyIdle || Number.POSITIVE_INFINITY,
    streamIdle: operation.streamIdle || Number.POSITIVE_INFINITY,
    cors,
    answerFields: cors?.answerFields(limited) ?? (limited ? limitedResponseFields : responseFields),
    production,
    sandbox,
  }
}
