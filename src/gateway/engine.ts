/**
 * What serves requests in one thread: capabilities, backends, operations with their steps, router and listener. A gateway has one in its
 * main thread, or one in each of several.
 */
import type { GatewayPlan } from '../contract/plan.ts'
import type { ReadinessConditions } from './admin/readiness.ts'
import type { CredentialWatch } from './capabilities/credential-watch.ts'
import type { KeySets } from './capabilities/fetched-keys.ts'
import type { Revocations } from './capabilities/revocation.ts'
import type { PlainSurroundings } from './capabilities/surroundings.ts'
import type { Capabilities } from './capabilities.ts'
import type { SweepingClock } from './clock.ts'
import { CoarseClock } from './coarse-clock.ts'
import { TrustedProxies } from './listener/client-address.ts'
import { DateLine } from './listener/date-line.ts'
import { Listener } from './listener/listener.ts'
import { openTls } from './listener/open-tls.ts'
import { RequestIds } from './listener/request-ids.ts'
import type { TlsServer } from './listener/tls-server.ts'
import { makeOperation } from './make-operation.ts'
import { noticedFields } from './noticed-fields.ts'
import type { Log } from './observability/log.ts'
import type { Metrics } from './observability/metrics.ts'
import { openCredentialWatch, openRevocations, startCapabilities } from './open-capabilities.ts'
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
    const fields = noticedFields(plan, makers)
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
