/** A gateway in this process, with the capabilities that its plan needs. */
import { neededCapabilities } from '../../src/compiler/plan/capabilities.ts'
import type { GatewayPlan } from '../../src/contract/plan.ts'
import { apiKeyCapability } from '../../src/gateway/api-key/api-key.ts'
import { jwtCapability } from '../../src/gateway/auth/jwt.ts'
import { backendCredentialCapability } from '../../src/gateway/backend-credential/backend-credential.ts'
import { backendDigestCapability } from '../../src/gateway/backend-digest/backend-digest.ts'
import { backendIdentityCapability } from '../../src/gateway/backend-identity/backend-identity.ts'
import { basicCapability } from '../../src/gateway/basic/basic.ts'
import type { ExtensionFunctions } from '../../src/gateway/capabilities/extensions.ts'
import type { Capabilities } from '../../src/gateway/capabilities.ts'
import { clientCertificateCapability } from '../../src/gateway/client-certificate/client-certificate.ts'
import { clientCredentialsCapability } from '../../src/gateway/client-credentials/client-credentials.ts'
import { type Clock, systemClock } from '../../src/gateway/clock.ts'
import { concurrencyCapability } from '../../src/gateway/concurrency/concurrency.ts'
import { corsCapability } from '../../src/gateway/cors/cors.ts'
import { credentialWatchCapability } from '../../src/gateway/credential-watch.ts'
import { credentialsCapability } from '../../src/gateway/credentials.ts'
import { denyCapability } from '../../src/gateway/deny/deny.ts'
import { denyFeedCapability } from '../../src/gateway/deny-feed/deny-feed.ts'
import { dpopCapability } from '../../src/gateway/dpop/dpop.ts'
import { extensionCapability } from '../../src/gateway/extension/extension.ts'
import { introspectionCapability } from '../../src/gateway/introspection/introspection.ts'
import { keyManagerCapability } from '../../src/gateway/key-manager/key-manager.ts'
import { fetchedKeysCapability } from '../../src/gateway/key-sets/fetched-keys.ts'
import { type Gateway, type StartOptions, startGateway } from '../../src/gateway/main.ts'
import type { LogSink } from '../../src/gateway/observability/log-output.ts'
import { publishAmqpCapability } from '../../src/gateway/publish-amqp/amqp-publisher.ts'
import { publishEtcdCapability } from '../../src/gateway/publish-etcd/etcd-publisher.ts'
import { publishingCapability } from '../../src/gateway/publishing/publishing.ts'
import { revocationCapability } from '../../src/gateway/revocation/revocation.ts'
import { revocationAmqpCapability } from '../../src/gateway/revocation-amqp/amqp-feed.ts'
import { revocationEtcdCapability } from '../../src/gateway/revocation-etcd/etcd-feed.ts'
import { revocationListCapability } from '../../src/gateway/revocation-list/list-feed.ts'
import { revocationPersistCapability } from '../../src/gateway/revocation-persist/persist.ts'
import { scryptApiKeyCapability } from '../../src/gateway/scrypt-api-key/scrypt-api-key.ts'
import type { Environment } from '../../src/gateway/settings.ts'
import { signedApiKeyCapability } from '../../src/gateway/signed-api-key/signed-api-key.ts'
import { subscriptionsCapability } from '../../src/gateway/subscriptions/subscriptions.ts'
import { throttleCapability } from '../../src/gateway/throttle/throttle.ts'
import { upgradeCapability } from '../../src/gateway/upgrade/upgrade.ts'
import { http2BackendCapability } from '../../src/gateway/upstream/http2-backend.ts'
import { tlsCapability } from '../../src/gateway/upstream/tls.ts'
import { wso2ErrorsCapability } from '../../src/gateway/wso2-errors.ts'
import { type LogLine, LogLines } from './log-lines.ts'

const everyCapability: Required<Omit<Capabilities, 'extensions'>> = {
  jwt: jwtCapability,
  'fetched-keys': fetchedKeysCapability,
  introspection: introspectionCapability,
  // Of five hundred modules, which few tests need.
  'shared-introspection': async (surroundings) => {
    const { sharedIntrospectionCapability } = await import('../../src/gateway/shared-introspection/shared-introspection.ts')
    return await sharedIntrospectionCapability(surroundings)
  },
  'key-manager': keyManagerCapability,
  dpop: dpopCapability,
  'client-certificate': clientCertificateCapability,
  credentials: credentialsCapability,
  'credential-watch': credentialWatchCapability,
  'api-key': apiKeyCapability,
  'signed-api-key': signedApiKeyCapability,
  'scrypt-api-key': scryptApiKeyCapability,
  basic: basicCapability,
  revocation: revocationCapability,
  'revocation-persist': revocationPersistCapability,
  'revocation-list': revocationListCapability,
  'revocation-etcd': revocationEtcdCapability,
  'revocation-redis': async (plan, sink, surroundings) => {
    const { revocationRedisCapability } = await import('../../src/gateway/revocation-redis/stream-feed.ts')
    return await revocationRedisCapability(plan, sink, surroundings)
  },
  'revocation-amqp': revocationAmqpCapability,
  'revocation-amqp10': async (plan, sink, surroundings) => {
    const { revocationAmqp10Capability } = await import('../../src/gateway/revocation-amqp10/amqp10-feed.ts')
    return await revocationAmqp10Capability(plan, sink, surroundings)
  },
  concurrency: concurrencyCapability,
  deny: denyCapability,
  'deny-feed': denyFeedCapability,
  publishing: publishingCapability,
  'publish-etcd': publishEtcdCapability,
  'publish-amqp': publishAmqpCapability,
  'publish-amqp10': async (plan, surroundings) => {
    const { publishAmqp10Capability } = await import('../../src/gateway/publish-amqp10/amqp10-publisher.ts')
    return await publishAmqp10Capability(plan, surroundings)
  },
  'publish-redis': async (plan, surroundings) => {
    const { publishRedisCapability } = await import('../../src/gateway/publish-redis/redis-publisher.ts')
    return await publishRedisCapability(plan, surroundings)
  },
  throttle: throttleCapability,
  'throttle-redis': async (surroundings) => {
    const { throttleRedisCapability } = await import('../../src/gateway/throttle-redis/throttle-redis.ts')
    return await throttleRedisCapability(surroundings)
  },
  'traffic-manager': async (surroundings, throttle) => {
    const { trafficManagerCapability } = await import('../../src/gateway/traffic-manager/traffic-manager.ts')
    return await trafficManagerCapability(surroundings, throttle)
  },
  'backend-identity': backendIdentityCapability,
  'https-backend': tlsCapability,
  'http2-backend': http2BackendCapability,
  subscriptions: subscriptionsCapability,
  'backend-credential': backendCredentialCapability,
  'backend-digest': backendDigestCapability,
  'client-credentials': clientCredentialsCapability,
  upgrade: upgradeCapability,
  cors: corsCapability,
  'wso2-errors': wso2ErrorsCapability,
}

/** A clock that does not say when to look at deadlines has the system's pace. */
export type LocalOptions = Partial<Omit<StartOptions, 'clock'>> & { readonly clock?: Clock }

export const anyPort: Environment = {
  POSTERN_HOST: '127.0.0.1',
  POSTERN_HTTP_PORT: '0',
  POSTERN_ADMIN_PORT: '0',
  POSTERN_DRAIN_SECONDS: '0',
}

export class LocalGateway {
  readonly log: LogLines
  readonly #gateway: Gateway
  #stopped: Promise<number> | null = null

  private constructor(gateway: Gateway, log: LogLines) {
    this.#gateway = gateway
    this.log = log
  }

  /** `own`: the project's own steps, where the plan has some. */
  static async start(plan: GatewayPlan, { clock, ...options }: LocalOptions = {}, own: ExtensionFunctions = {}): Promise<LocalGateway> {
    const log = new LogLines()
    const every: Required<Capabilities> = { ...everyCapability, extensions: extensionCapability(own) }
    const capabilities: Capabilities = Object.fromEntries(neededCapabilities(plan).map((name) => [name, every[name]]))
    const gateway = await startGateway(plan, capabilities, {
      digest: `sha256:${'0'.repeat(64)}`,
      manifest: Buffer.from('{}'),
      logSink: sinkInto(log),
      ...options,
      clock: { ...systemClock, ...clock },
      environment: { ...anyPort, ...options.environment },
    })
    return new LocalGateway(gateway, log)
  }

  get port(): number {
    return this.#gateway.httpPort
  }

  /** Of the listener that speaks TLS. */
  get securePort(): number {
    if (this.#gateway.httpsPort === null) throw new Error('the gateway was started without certificates')
    return this.#gateway.httpsPort
  }

  get adminPort(): number {
    return this.#gateway.adminPort
  }

  /** In the order in which the exchanges ended. */
  get accessLines(): readonly LogLine[] {
    this.#gateway.log.flush()
    return this.log.lines.filter(({ event }) => event === 'access')
  }

  forgetLog(): void {
    this.#gateway.log.flush()
    this.log.forget()
  }

  /** Waits for what is in flight as long as the gateway's settings say; resolves with how many requests were cut. */
  stop(): Promise<number> {
    this.#stopped ??= this.#gateway.drain()
    return this.#stopped
  }
}

function sinkInto(log: LogLines): LogSink {
  const writeSync = (bytes: Uint8Array): number => {
    log.add(Buffer.from(bytes).toString('utf8'))
    return bytes.length
  }
  return {
    write: (bytes, done) => {
      writeSync(bytes)
      done()
    },
    writeSync,
  }
}
