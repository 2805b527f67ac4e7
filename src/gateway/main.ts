/**
 * Puts a gateway together from its plan and the capabilities of its bundle, and starts it: settings, log, metrics, the engine that serves,
 * the admin listener. Whatever is missing or doubtful stops the start.
 */
import { setTimeout } from 'node:timers/promises'
import type { GatewayPlan } from '../contract/plan.ts'
import { startAdminServer } from './admin/admin-server.ts'
import { Readiness } from './admin/readiness.ts'
import type { Capabilities } from './capabilities.ts'
import { type SweepingClock, systemClock } from './clock.ts'
import { Engine, type EngineParts, type ListeningPorts, listening, type Stopping } from './engine.ts'
import { Log } from './observability/log.ts'
import { type LogSink, stdoutSink } from './observability/log-output.ts'
import { Metrics } from './observability/metrics.ts'
import { onlyThread } from './serving-thread.ts'
import { type Environment, readSettings, StartError } from './settings.ts'
import { Workers } from './workers/workers.ts'

export type StartOptions = {
  /** `sha256:…`: which gateway this is. */
  readonly digest: string
  /** What GET /manifest answers. */
  readonly manifest: Buffer
  /** import.meta.url of the bundle: what further threads run. */
  readonly moduleUrl?: string
  readonly environment?: Environment
  readonly clock?: SweepingClock
  readonly logSink?: LogSink
}

export type Gateway = {
  readonly httpPort: number
  /** `null`: TLS is off. */
  readonly httpsPort: number | null
  readonly adminPort: number
  readonly log: Log
  /** Fails readiness, takes no new requests, and resolves when those in flight are answered or the drain time is over, with how many were cut. */
  readonly drain: () => Promise<number>
}

/** Rejects with a StartError that an operator can act on. */
export async function startGateway(plan: GatewayPlan, capabilities: Capabilities, options: StartOptions): Promise<Gateway> {
  const settings = readSettings(plan, options.environment)
  const clock = options.clock ?? systemClock
  const stdout = options.logSink ?? stdoutSink()
  const log = new Log(clock, settings.logLevel, options.digest, stdout)
  for (const name of settings.unknown) log.event('warn', 'unknown-setting', { name })
  const metrics = new Metrics(plan, options.digest)
  metrics.log = log
  const readiness = new Readiness()
  readiness.lacks('listener', 'not listening yet')
  const keySet = capabilities['backend-identity']?.keySet(plan, settings.values) ?? null
  const common = { settings, clock, log, metrics }
  const serving: Serving =
    settings.workers === 1
      ? await serveHere({ ...common, plan, capabilities, readiness })
      : await Workers.make({ ...common, digest: options.digest, moduleUrl: moduleOf(options), readiness, stdout })

  const sources = {
    readiness,
    stuck: () => serving.stuck(),
    metrics: () => serving.render(),
    manifest: options.manifest,
    keySet,
  }
  const admin = await listening(startAdminServer(sources, settings.host, settings.adminPort), settings.host, settings.adminPort)
  const ports = await serving.listen(settings.httpPort, settings.tls?.port ?? 0).catch(async (error) => {
    await admin.close()
    throw error
  })
  readiness.holds('listener')

  const drain = async (): Promise<number> => {
    readiness.lacks('listener', 'stopping')
    await setTimeout(settings.drainDelaySeconds * 1000)
    const { inFlight, cut: ended } = await serving.stop()
    log.event('info', 'draining', { inFlight })
    const cut = await ended
    await admin.close()
    log.event('info', 'stopped', { cut })
    await log.close()
    return cut
  }
  log.announce('listening', {
    http: ports.http,
    ...(ports.https === null ? {} : { https: ports.https }),
    admin: admin.port,
    name: plan.name,
    version: plan.version,
    digest: options.digest,
    // Node's own start is not the gateway's.
    startedInMilliseconds: Math.round(performance.now() - performance.nodeTiming.bootstrapComplete),
  })
  return { httpPort: ports.http, httpsPort: ports.https, adminPort: admin.port, log, drain }
}

/** What serves requests: this thread or several others. */
type Serving = {
  readonly listen: (http: number, https: number) => Promise<ListeningPorts>
  readonly stop: () => Stopping | Promise<Stopping>
  /** Prometheus text. */
  readonly render: () => string | Promise<string>
  /** Numbers of the worker threads that do not turn over. */
  readonly stuck: () => readonly number[]
}

async function serveHere(parts: Omit<EngineParts, 'thread'>): Promise<Serving> {
  const engine = await Engine.make({ ...parts, thread: onlyThread(parts.plan.limits.maxConnections) })
  return {
    listen: (http, https) => engine.listen(http, https),
    stop: () => engine.stop(),
    render: () => parts.metrics.render(),
    stuck: () => [],
  }
}

function moduleOf({ moduleUrl }: StartOptions): string {
  if (moduleUrl === undefined) throw new StartError('POSTERN_WORKERS must be 1 for a gateway that is not a bundle')
  return moduleUrl
}
