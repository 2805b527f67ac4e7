/**
 * What the gateway counts about itself. The engine calls `requestDone`, `connectionOpened` and so on; the authentication and throttle
 * steps count their own refusals. Recording is a few additions into typed arrays; the work is done in `render`, when somebody asks.
 */
import type { LimitLevel } from '../../contract/plan/limit.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { CredentialCounts, type CredentialKind, writeCredentials, writeCut } from './credential-counts.ts'
import { Exposition, expositionText, type Family } from './exposition.ts'
import { type GrpcStatus, GrpcTable } from './grpc-table.ts'
import { type IntrospectionFigures, type SharedAnswersFigures, writeIntrospection, writeSharedAnswers } from './introspection-metrics.ts'
import { type KeySetFigures, writeKeySets } from './key-set-metrics.ts'
import { ProcessMetrics } from './process-metrics.ts'
import { RequestTable } from './request-table.ts'
import { type PublishingFigures, type RevocationFigures, writePublishing, writeRevocation } from './revocation-metrics.ts'
import { TlsMetrics } from './tls-metrics.ts'
import { type TunnelFigures, writeTunnels } from './tunnel-metrics.ts'

/** Read when metrics are rendered. */
export type TokenCacheFigures = { readonly hits: number; readonly misses: number; readonly entries: number }
export type ThrottleTableFigures = { readonly entries: number; readonly evictions: number }
/** `away`: 1 while nobody can be asked. Requests that waited to be counted, and those that were judged while it was away. */
export type ThrottleStoreFigures = { readonly away: number; readonly waits: number; readonly judgedAway: number }
/** What was heard of a Traffic Manager, and what it was told. */
export type TrafficManagerFigures = {
  readonly decisions: number
  readonly rejected: number
  readonly events: { readonly sent: number; readonly dropped: number; readonly waiting: number }
}
export type BackendTokenFigures = { readonly signed: number; readonly entries: number }
export type WorkerFigures = { readonly serving: number; readonly restarts: number }

const limitLevels: readonly (LimitLevel | 'blocked' | 'in-flight')[] = [
  'blocked',
  'in-flight',
  'api',
  'operation',
  'subscription',
  'application',
  'custom',
  'backend',
]

export class Metrics {
  /** Exchanges between the end of their head and the end of their answer; the engine adds and subtracts. */
  inFlight: number = 0
  /** Set by the engine: the log, which counts what it had to drop. */
  log: { readonly dropped: number } | null = null
  /** Set by the capability that has one. */
  tokenCache: TokenCacheFigures | null = null
  introspection: IntrospectionFigures | null = null
  sharedAnswers: SharedAnswersFigures | null = null
  /** Set where credentials are watched: exchanges that were cut, by why. */
  credentialsEnded: ReadonlyMap<string, number> | null = null
  /** Set where a key manager is reached through the gateway. */
  revokedHere: { readonly dropped: number } | null = null
  throttleTable: ThrottleTableFigures | null = null
  /** Set where several gateways count together. */
  throttleStore: ThrottleStoreFigures | null = null
  trafficManager: TrafficManagerFigures | null = null
  tunnels: TunnelFigures | null = null
  keySets: readonly KeySetFigures[] | null = null
  revocation: RevocationFigures | null = null
  /** `null`: nothing is published. */
  publishing: readonly PublishingFigures[] | null = null
  backendTokens: BackendTokenFigures | null = null
  /** Set where several threads serve, in the main thread. */
  workers: WorkerFigures | null = null

  readonly tls: TlsMetrics = new TlsMetrics()

  readonly #plan: GatewayPlan
  readonly #digest: string
  readonly #requests: RequestTable
  readonly #grpc: GrpcTable = new GrpcTable()
  readonly #process: ProcessMetrics = new ProcessMetrics()
  /** One for each operation and level. */
  readonly #throttled: Float64Array
  readonly #overQuota: Float64Array
  readonly #credentials: Map<CredentialKind, CredentialCounts> = new Map()
  /** Those that are about no kind of credential. */
  readonly #authFailures: Map<string, number> = new Map()
  readonly #protocolRefusals: Map<string, number> = new Map()
  readonly #upstreamErrors: readonly Map<string, number>[]
  readonly #backendCredentials: readonly (Map<string, number> | null)[]
  #connectionsOpen = 0
  #connectionsTotal = 0

  /** `digest` is the gateway's identity, as in the manifest. */
  constructor(plan: GatewayPlan, digest: string) {
    this.#plan = plan
    this.#digest = digest
    this.#requests = new RequestTable(plan.operations.length)
    this.#throttled = new Float64Array(plan.operations.length * limitLevels.length)
    this.#overQuota = new Float64Array(plan.operations.length * limitLevels.length)
    this.#upstreamErrors = plan.upstreams.map(() => new Map())
    this.#backendCredentials = plan.upstreams.map(({ credential }) => (credential === null ? null : new Map()))
  }

  /** Once for every answer. `operation` is its index in the plan, or -1 when the request was refused before it had one. */
  requestDone(operation: number, status: number, milliseconds: number): void {
    this.#requests.add(operation, status, milliseconds)
  }

  /** Beside `requestDone`, for a request that was gRPC. */
  grpcDone(operation: number, status: GrpcStatus): void {
    this.#grpc.add(operation, status)
  }

  connectionOpened(): void {
    this.#connectionsOpen++
    this.#connectionsTotal++
  }

  connectionClosed(): void {
    this.#connectionsOpen--
  }

  /** A request that was refused before it was routed; `reason` is one of a fixed set of words. */
  refusedBeforeRouting(reason: string): void {
    increment(this.#protocolRefusals, reason)
  }

  /** Asked for once by whatever judges that kind; it counts there. */
  credentials(kind: CredentialKind): CredentialCounts {
    const counts = this.#credentials.get(kind) ?? new CredentialCounts()
    this.#credentials.set(kind, counts)
    return counts
  }

  /** A request that was refused for want of credentials or rights, with none that was bad in itself; `reason` is one of a fixed set of words. */
  authFailure(reason: string): void {
    increment(this.#authFailures, reason)
  }

  /** Counted by the throttle step. */
  throttled(operation: number, level: LimitLevel | 'blocked' | 'in-flight'): void {
    const slot = operation * limitLevels.length + limitLevels.indexOf(level)
    this.#throttled[slot] = (this.#throttled[slot] ?? 0) + 1
  }

  /** Counted by the throttle step. */
  overQuota(operation: number, level: LimitLevel): void {
    const slot = operation * limitLevels.length + limitLevels.indexOf(level)
    this.#overQuota[slot] = (this.#overQuota[slot] ?? 0) + 1
  }

  /** `upstream` is its index in the plan; `reason` is one of a fixed set of words. */
  upstreamError(upstream: number, reason: string): void {
    const counts = this.#upstreamErrors[upstream]
    if (counts !== undefined) increment(counts, reason)
  }

  /** What became of the gateway's own credential for a backend; `event` is one of a fixed set of words. */
  backendCredential(upstream: number, event: string): void {
    const counts = this.#backendCredentials[upstream]
    if (counts != null) increment(counts, event)
  }

  /** Prometheus text format 0.0.4. */
  render(): string {
    return expositionText(this.families())
  }

  /** The same as data. */
  families(): readonly Family[] {
    const out = new Exposition()
    const { name, version } = this.#plan
    out.family('postern_build_info', 'gauge', 'The gateway that is running.', 'largest')
    out.sample('postern_build_info', { name, version, digest: this.#digest, node: process.version }, 1)
    this.#requests.write(out, this.#plan)
    this.#grpc.write(out, this.#plan)
    out.single('postern_requests_in_flight', 'gauge', 'Requests that are being handled.', this.inFlight)
    out.single('postern_connections_open', 'gauge', 'Client connections that are open.', this.#connectionsOpen)
    out.single('postern_connections_total', 'counter', 'Client connections accepted.', this.#connectionsTotal)
    this.#writeRefusals(out)
    this.#writeBackendCredentials(out)
    this.#writeTables(out)
    if (this.tunnels !== null) writeTunnels(out, this.tunnels)
    if (this.revocation !== null) writeRevocation(out, this.revocation)
    if (this.publishing !== null) writePublishing(out, this.publishing)
    this.#writeKeys(out)
    if (this.keySets !== null) writeKeySets(out, this.keySets)
    this.tls.write(out)
    out.single('postern_log_lines_dropped_total', 'counter', 'Log lines dropped because stdout was blocked.', this.log?.dropped ?? 0)
    if (this.workers !== null) {
      out.single('postern_workers', 'gauge', 'Worker threads that take requests.', this.workers.serving)
      out.single('postern_worker_restarts_total', 'counter', 'Worker threads that ended and were replaced.', this.workers.restarts)
    }
    this.#process.write(out)
    return out.families
  }

  #writeRefusals(out: Exposition): void {
    out.family('postern_refused_before_routing_total', 'counter', 'Requests refused before they were matched to an operation.')
    for (const [reason, count] of this.#protocolRefusals) out.sample('postern_refused_before_routing_total', { reason }, count)
    out.family('postern_auth_failures_total', 'counter', 'Requests refused for their credential.')
    for (const [reason, count] of this.#allAuthFailures()) out.sample('postern_auth_failures_total', { reason }, count)
    writeCredentials(out, this.#credentials)
    if (this.credentialsEnded !== null) writeCut(out, this.credentialsEnded)
    this.#writeByLevel(out, 'postern_throttled_total', 'Requests refused for a limit.', this.#throttled)
    this.#writeByLevel(out, 'postern_over_quota_total', 'Requests that passed although a limit was used up.', this.#overQuota)
    out.family('postern_upstream_errors_total', 'counter', 'Exchanges that a backend failed.')
    for (const [upstream, counts] of this.#upstreamErrors.entries()) {
      for (const [reason, count] of counts) out.sample('postern_upstream_errors_total', { upstream: String(upstream), reason }, count)
    }
  }

  #writeByLevel(out: Exposition, name: string, help: string, counts: Float64Array): void {
    out.family(name, 'counter', help)
    for (const [index, operation] of this.#plan.operations.entries()) {
      for (const [offset, level] of limitLevels.entries()) {
        const count = counts[index * limitLevels.length + offset] ?? 0
        if (count > 0) out.sample(name, { operation: operation.id, level }, count)
      }
    }
  }

  #allAuthFailures(): ReadonlyMap<string, number> {
    const all = new Map(this.#authFailures)
    for (const { refusals } of this.#credentials.values()) {
      for (const [reason, count] of refusals) all.set(reason, (all.get(reason) ?? 0) + count)
    }
    return all
  }

  #writeBackendCredentials(out: Exposition): void {
    if (this.#backendCredentials.every((counts) => counts === null)) return
    out.family('postern_backend_credentials_total', 'counter', 'What became of the credentials of the gateway for its backends.')
    for (const [upstream, counts] of this.#backendCredentials.entries()) {
      for (const [event, count] of counts ?? [])
        out.sample('postern_backend_credentials_total', { upstream: String(upstream), event }, count)
    }
  }

  #writeTables(out: Exposition): void {
    const cache = this.tokenCache
    if (cache !== null) {
      out.single('postern_token_cache_hits_total', 'counter', 'Requests whose token was already verified.', cache.hits)
      out.single('postern_token_cache_misses_total', 'counter', 'Requests whose token had to be verified.', cache.misses)
      out.single('postern_token_cache_entries', 'gauge', 'Verified tokens that are remembered.', cache.entries)
    }
    if (this.introspection !== null) writeIntrospection(out, this.introspection)
    if (this.sharedAnswers !== null) writeSharedAnswers(out, this.sharedAnswers)
    if (this.revokedHere !== null)
      out.single(
        'postern_tokens_dropped_total',
        'counter',
        'Tokens forgotten because they were revoked through the gateway.',
        this.revokedHere.dropped,
      )
    const told = this.backendTokens
    if (told !== null) {
      out.single('postern_backend_tokens_signed_total', 'counter', 'Tokens signed for backends.', told.signed)
      out.single('postern_backend_token_callers', 'gauge', 'Callers whose tokens for backends are remembered.', told.entries)
    }
    const store = this.throttleStore
    if (store !== null) {
      out.single('postern_throttle_store_away', 'gauge', 'Threads that cannot ask whoever counts for all gateways.', store.away)
      out.single('postern_throttle_waits_total', 'counter', 'Requests that waited for whoever counts for all gateways.', store.waits)
      out.single('postern_throttle_away_total', 'counter', 'Requests that were judged while it was away.', store.judgedAway)
    }
    if (this.trafficManager !== null) writeTrafficManager(out, this.trafficManager)
    const table = this.throttleTable
    if (table !== null) {
      out.single('postern_throttle_counters', 'gauge', 'Counters that the throttle table holds.', table.entries, 'largest')
      out.single(
        'postern_throttle_evictions_total',
        'counter',
        'Counters forgotten early because the table was full.',
        table.evictions,
        'largest',
      )
    }
  }

  #writeKeys(out: Exposition): void {
    out.family('postern_key_expiry_timestamp_seconds', 'gauge', 'When the certificate of a verification key expires.', 'largest')
    for (const { issuer, keys } of this.#plan.issuers) {
      for (const { kid, notAfter } of keys) {
        if (notAfter !== null) out.sample('postern_key_expiry_timestamp_seconds', { issuer, kid: kid ?? '' }, notAfter)
      }
    }
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function writeTrafficManager(out: Exposition, { decisions, rejected, events }: TrafficManagerFigures): void {
  out.single('postern_throttle_decisions', 'gauge', 'Keys that a Traffic Manager has throttled.', decisions, 'largest')
  out.single('postern_throttle_notices_rejected_total', 'counter', 'Messages of a Traffic Manager that made no sense.', rejected)
  out.single('postern_throttle_events_waiting', 'gauge', 'Events that a Traffic Manager has not taken.', events.waiting)
  out.family('postern_throttle_events_total', 'counter', 'Requests that a Traffic Manager was to be told of.')
  out.sample('postern_throttle_events_total', { outcome: 'sent' }, events.sent)
  out.sample('postern_throttle_events_total', { outcome: 'dropped' }, events.dropped)
}
