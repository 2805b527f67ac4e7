/**
 * Puts a gateway together from its plan and the capabilities of its bundle, and starts it: settings, backends, operations with their
 * steps, router, listeners. Whatever is missing or doubtful stops the start.
 */
import { setTimeout } from 'node:timers/promises'
import type { GatewayPlan, OperationPlan } from '../contract/plan.ts'
import { startAdminServer } from './admin/admin-server.ts'
import { Readiness } from './admin/readiness.ts'
import type { Capabilities, Surroundings } from './capabilities.ts'
import { type Clock, systemClock } from './clock.ts'
import { CoarseClock } from './coarse-clock.ts'
import { type RequestFields, requestFields } from './http1/request-fields.ts'
import { TrustedProxies } from './listener/client-address.ts'
import { DateLine } from './listener/date-line.ts'
import { Listener } from './listener/listener.ts'
import { RequestIds } from './listener/request-ids.ts'
import { Log } from './observability/log.ts'
import type { LogSink } from './observability/log-output.ts'
import { Metrics } from './observability/metrics.ts'
import type { BackendTarget, Operation } from './operation.ts'
import { type StepMakers, stepsFor } from './pipeline.ts'
import { refusalWriter } from './refuse.ts'
import { Router } from './router/router.ts'
import { type Environment, readSettings, type Settings, StartError, settle } from './settings.ts'
import type { Backend } from './upstream/backend.ts'
import { parseBackendOrigin } from './upstream/backend-origin.ts'
import { plainDial } from './upstream/dial.ts'
import { Upstream } from './upstream/upstream.ts'

/** Milliseconds between two looks at all deadlines. */
const sweepEvery = 250

export type StartOptions = {
  /** `sha256:…`: which gateway this is. */
  readonly digest: string
  /** What GET /manifest answers. */
  readonly manifest: Buffer
  readonly environment?: Environment
  readonly clock?: Clock
  readonly logSink?: LogSink
}

export type Gateway = {
  readonly httpPort: number
  readonly adminPort: number
  readonly log: Log
  /** Fails readiness, takes no new requests, and resolves when those in flight are answered or the drain time is over, with how many were cut. */
  readonly drain: () => Promise<number>
}

/** Rejects with a StartError that an operator can act on. */
export async function startGateway(plan: GatewayPlan, capabilities: Capabilities, options: StartOptions): Promise<Gateway> {
  const settings = readSettings(plan, options.environment)
  const clock = options.clock ?? systemClock
  const startedAt = clock.monotonic()
  const time = new CoarseClock(startedAt)
  const log = new Log(clock, settings.logLevel, options.digest, options.logSink)
  for (const name of settings.unknown) log.event('warn', 'unknown-setting', { name })

  const metrics = new Metrics(plan, options.digest)
  metrics.log = log
  const surroundings: Surroundings = { plan, clock, metrics }
  const makers = await startCapabilities(capabilities, surroundings)
  const upstreams = await openUpstreams(plan, settings, capabilities, time)
  const fields = requestFields(plan.operations.map(({ security }) => (security.kind === 'token' ? security.header : 'authorization')))
  const operations = plan.operations.map((operation, index) => makeOperation(operation, index, plan, upstreams, fields, makers))

  const listener = new Listener({
    plan,
    clock,
    time,
    router: new Router(operations.map((operation) => ({ plan: operation.plan, value: operation }))),
    requestFields: fields,
    credentialSlots: [...fields.credentialSlots.values()],
    trustedProxies: new TrustedProxies(plan.trustedProxies),
    refusalWriter: refusalWriter(capabilities['wso2-errors']),
    requestIds: new RequestIds(),
    date: new DateLine(clock),
    metrics,
    log,
  })
  const readiness = new Readiness()
  readiness.lacks('listener', 'not listening yet')
  const sources = { readiness, metrics: () => metrics.render(), manifest: options.manifest }
  const admin = await listening(startAdminServer(sources, settings.host, settings.adminPort), settings.host, settings.adminPort)
  const httpPort = await listening(listener.listen(settings.host, settings.httpPort), settings.host, settings.httpPort).catch(
    async (error) => {
      await admin.close()
      throw error
    },
  )
  readiness.holds('listener')

  const sweep = setInterval(() => {
    time.now = clock.monotonic()
    listener.sweep(time.now)
    for (const upstream of upstreams) upstream.sweep(time.now)
    log.flush()
  }, sweepEvery)

  const drain = async (): Promise<number> => {
    readiness.lacks('listener', 'stopping')
    await setTimeout(settings.drainDelaySeconds * 1000)
    log.event('info', 'draining', { inFlight: listener.busy })
    const cut = await listener.drain(settings.drainSeconds * 1000)
    clearInterval(sweep)
    for (const upstream of upstreams) upstream.close()
    await admin.close()
    log.event('info', 'stopped', { cut })
    await log.close()
    return cut
  }
  log.announce('listening', {
    http: httpPort,
    admin: admin.port,
    name: plan.name,
    version: plan.version,
    digest: options.digest,
    // Node's own start is not the gateway's.
    startedInMilliseconds: Math.round(performance.now() - performance.nodeTiming.bootstrapComplete),
  })
  return { httpPort, adminPort: admin.port, log, drain }
}

async function startCapabilities(capabilities: Capabilities, surroundings: Surroundings): Promise<StepMakers> {
  try {
    return {
      tokens: capabilities.jwt === undefined ? null : await capabilities.jwt(surroundings),
      throttling: capabilities.throttle === undefined ? null : capabilities.throttle(surroundings),
    }
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : 'a capability could not be started')
  }
}

async function listening<T>(server: Promise<T>, host: string, wanted: number): Promise<T> {
  try {
    return await server
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown'
    throw new StartError(`cannot listen on ${host} port ${wanted}: ${code === 'EADDRINUSE' ? 'the port is in use' : code}`)
  }
}

async function openUpstreams(
  plan: GatewayPlan,
  settings: Settings,
  capabilities: Capabilities,
  time: CoarseClock,
): Promise<readonly Backend[]> {
  const limits = {
    maxConnections: plan.limits.maxUpstreamConnections,
    maxWaiting: plan.limits.maxUpstreamWaiting,
    connect: plan.timeouts.connect,
    bodyIdle: plan.timeouts.bodyIdle,
    upstreamIdle: plan.timeouts.upstreamIdle,
  }
  const origins = plan.upstreams.map(({ url }) => {
    const origin = parseBackendOrigin(settle(url, settings.values))
    if (origin !== null) return origin
    const names = url.flatMap((part) => (typeof part === 'string' ? [] : [part.setting]))
    // The value is not repeated: an address with a password in it would end up in a log.
    throw new StartError(`${names.join(', ')} must be an absolute http or https URL without user, query and fragment`)
  })
  const secureDial = origins.some(({ secure }) => secure) ? await capabilities['https-backend']?.() : undefined
  return origins.map((origin, index) => {
    const dial = origin.secure ? secureDial : plainDial
    if (dial === undefined) throw new StartError('this gateway was built without https backends')
    return new Upstream(index, origin, dial, limits, time)
  })
}

function makeOperation(
  operation: OperationPlan,
  index: number,
  plan: GatewayPlan,
  upstreams: readonly Backend[],
  fields: RequestFields,
  makers: StepMakers,
): Operation {
  const basePathLength = plan.apis[operation.api]!.basePath.length
  const target = (backend: OperationPlan['production']): BackendTarget | null => {
    if (backend === null) return null
    const upstream = upstreams[backend.upstream]!
    return { upstream, pathPrefix: upstream.origin.pathPrefix, basePathLength }
  }
  const production = target(operation.production)
  const sandbox = target(operation.sandbox)
  const credentialField = operation.security.kind === 'token' ? fields.credentialSlots.get(operation.security.header)! : -1
  return { index, plan: operation, steps: stepsFor(operation, production, sandbox, makers), credentialField, production, sandbox }
}
