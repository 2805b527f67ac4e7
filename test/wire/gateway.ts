/** A gateway in this process, with the capabilities that its plan needs, that gathers its own log lines. */
import { neededCapabilities } from '../../src/compiler/plan/capabilities.ts'
import type { GatewayPlan } from '../../src/contract/plan.ts'
import { jwtCapability } from '../../src/gateway/auth/jwt.ts'
import type { Capabilities } from '../../src/gateway/capabilities.ts'
import { type Gateway, type StartOptions, startGateway } from '../../src/gateway/main.ts'
import type { Environment } from '../../src/gateway/settings.ts'
import { throttleCapability } from '../../src/gateway/throttle/throttle.ts'
import { tlsCapability } from '../../src/gateway/upstream/tls.ts'
import { wso2ErrorsCapability } from '../../src/gateway/wso2-errors.ts'

export type LogLine = Readonly<Record<string, unknown>>

const everyCapability: Required<Capabilities> = {
  jwt: jwtCapability,
  throttle: throttleCapability,
  'https-backend': tlsCapability,
  'wso2-errors': wso2ErrorsCapability,
}

export const anyPort: Environment = {
  POSTERN_HOST: '127.0.0.1',
  POSTERN_HTTP_PORT: '0',
  POSTERN_ADMIN_PORT: '0',
  POSTERN_DRAIN_SECONDS: '0',
}

export class LocalGateway {
  readonly gateway: Gateway
  readonly #lines: string[]
  #stopped: Promise<number> | null = null

  private constructor(gateway: Gateway, lines: string[]) {
    this.gateway = gateway
    this.#lines = lines
  }

  static async start(plan: GatewayPlan, options: Partial<StartOptions> = {}): Promise<LocalGateway> {
    const lines: string[] = []
    const take = (bytes: Uint8Array): number => lines.push(Buffer.from(bytes).toString('utf8')) && bytes.length
    const capabilities: Capabilities = Object.fromEntries(neededCapabilities(plan).map((name) => [name, everyCapability[name]]))
    const gateway = await startGateway(plan, capabilities, {
      digest: `sha256:${'0'.repeat(64)}`,
      manifest: Buffer.from('{}'),
      logSink: { write: (bytes, done) => (take(bytes), done()), writeSync: take },
      ...options,
      environment: { ...anyPort, ...options.environment },
    })
    return new LocalGateway(gateway, lines)
  }

  get port(): number {
    return this.gateway.httpPort
  }

  get adminPort(): number {
    return this.gateway.adminPort
  }

  /** Everything logged so far. */
  get logText(): string {
    this.gateway.log.flush()
    return this.#lines.join('')
  }

  get logLines(): readonly LogLine[] {
    return this.logText
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogLine)
  }

  /** Access lines in the order in which the exchanges ended. */
  get accessLines(): readonly LogLine[] {
    return this.logLines.filter(({ event }) => event === 'access')
  }

  forgetLog(): void {
    this.gateway.log.flush()
    this.#lines.length = 0
  }

  /** Waits for what is in flight as long as the gateway's settings say; resolves with how many requests were cut. */
  stop(): Promise<number> {
    this.#stopped ??= this.gateway.drain()
    return this.#stopped
  }
}
