/** A real RabbitMQ on free ports of this machine, with an epmd and a folder of its own. It takes some seconds to start: share one. */
import { type ChildProcess, execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Channel, type ChannelModel, connect, type Options } from 'amqplib'
import { spawnOwned } from '../owned-process.ts'
import type { Identity } from './certificates.ts'
import { freePort } from './free-port.ts'
import { killed } from './killed.ts'
import { until } from './until.ts'

/** What Debian's package installs beside the script that wants another user. */
const server = '/usr/lib/rabbitmq/bin/rabbitmq-server'
const control = '/usr/lib/rabbitmq/bin/rabbitmqctl'

/** Why tests that need it are skipped; false where it is there. */
export const rabbitIsMissing: string | false =
  existsSync(server) && spawnSync('epmd', ['-names']).error === undefined ? false : 'rabbitmq-server is not installed'

type RabbitOptions = {
  /** Who may log in; `guest` with the same password, if nothing is said. */
  readonly user?: string
  readonly password?: string
  /** Such as `rabbitmq_amqp1_0`, which speaks AMQP 1.0 on the same ports. */
  readonly plugins?: readonly string[]
  /** With one, it speaks TLS as well, on `securePort`. */
  readonly identity?: Identity | null
}

type Ports = { readonly plain: number; readonly secure: number; readonly nodes: number; readonly epmd: number }

export class Rabbit {
  readonly #folder: string
  readonly #ports: Ports
  readonly #login: string
  #epmd: ChildProcess | null = null
  #process: ChildProcess | null = null

  private constructor(folder: string, ports: Ports, login: string) {
    this.#folder = folder
    this.#ports = ports
    this.#login = login
  }

  static async start(options: RabbitOptions = {}): Promise<Rabbit> {
    const { user = 'guest', password = 'guest' } = options
    const folder = mkdtempSync(join(tmpdir(), 'postern-rabbitmq-'))
    const ports = { plain: await freePort(), secure: await freePort(), nodes: await freePort(), epmd: await freePort() }
    const rabbit = new Rabbit(folder, ports, `${encodeURIComponent(user)}:${encodeURIComponent(password)}`)
    writeFileSync(join(folder, 'plugins'), `[${(options.plugins ?? []).join(',')}].\n`)
    writeFileSync(join(folder, 'rabbitmq.conf'), configuration(ports, user, password, options.identity ?? null, folder))
    try {
      await rabbit.begin()
    } catch (error) {
      await rabbit.stop()
      throw error
    }
    return rabbit
  }

  get port(): number {
    return this.#ports.plain
  }

  get securePort(): number {
    return this.#ports.secure
  }

  /** With the login in it. */
  get url(): string {
    return `amqp://${this.#login}@127.0.0.1:${this.#ports.plain}`
  }

  /** On the same ports, with nothing of what it had: one that was killed may wait for itself when it finds its own tables. */
  async begin(): Promise<void> {
    rmSync(join(this.#folder, 'data'), { recursive: true, force: true })
    this.#epmd ??= spawnOwned('epmd', [], { stdio: 'ignore', env: this.#environment })
    // A broker that finds none starts one of its own, which outlives it.
    const isThere = (): boolean => spawnSync('epmd', ['-names'], { stdio: 'ignore', env: this.#environment }).status === 0
    await until(isThere, 'epmd does not answer')
    const file = (name: string): string => join(this.#folder, name)
    this.#process = spawnOwned(server, [], {
      // Where it leaves its dump when it is killed in the wrong moment.
      cwd: this.#folder,
      stdio: 'ignore',
      env: {
        ...this.#environment,
        // The shell becomes the broker: its pid is the one that is known here.
        RUNNING_UNDER_SYSTEMD: 'true',
        RABBITMQ_DIST_PORT: String(this.#ports.nodes),
        RABBITMQ_CONFIG_FILE: file('rabbitmq.conf'),
        RABBITMQ_CONF_ENV_FILE: file('none'),
        RABBITMQ_ADVANCED_CONFIG_FILE: file('none'),
        RABBITMQ_ENABLED_PLUGINS_FILE: file('plugins'),
        RABBITMQ_MNESIA_BASE: file('data'),
        RABBITMQ_LOG_BASE: file('log'),
        RABBITMQ_PID_FILE: file('pid'),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}',
      },
    })
    await this.#answers()
  }

  async kill(): Promise<void> {
    const child = this.#process
    this.#process = null
    await killed(child)
  }

  /** It takes what is sent, and says nothing, until it is woken. */
  freeze(): void {
    this.#process?.kill('SIGSTOP')
  }

  wake(): void {
    this.#process?.kill('SIGCONT')
  }

  async stop(): Promise<void> {
    await this.kill()
    await killed(this.#epmd)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** What an operator tells it on its machine, as `list_queues name`. Resolves with what it says, after seconds. */
  async control(...words: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(control, ['--quiet', ...words], { env: this.#environment, encoding: 'utf8' })
    return stdout
  }

  /** Resolves when the broker has it. */
  async publish(topic: string, body: Buffer | string, options: Options.Publish = {}, exchange = 'amq.topic'): Promise<void> {
    await this.with(async (_, model) => {
      const channel = await model.createConfirmChannel()
      channel.publish(exchange, topic, Buffer.from(body), options)
      await channel.waitForConfirms()
    })
  }

  async with<T>(use: (channel: Channel, model: ChannelModel) => Promise<T>): Promise<T> {
    const model = await connect(this.url)
    const lost = lossOf(model)
    try {
      return await Promise.race([use(await model.createChannel(), model), lost])
    } finally {
      await ended(model, lost)
    }
  }

  /** Which broker it is. */
  get #environment(): Readonly<Record<string, string>> {
    const { nodes, epmd } = this.#ports
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.#folder,
      ERL_EPMD_PORT: String(epmd),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_NODENAME: `postern-${nodes}@localhost`,
    }
  }

  async #answers(): Promise<void> {
    for (const end = Date.now() + 120_000; Date.now() < end; await pause(100)) {
      if (this.#process?.exitCode != null) throw new Error(`rabbitmq-server ended with ${this.#process.exitCode}`)
      const model = await connect(this.url, { timeout: 5_000 }).catch(() => null)
      if (model === null) continue
      await ended(model, lossOf(model))
      return
    }
    throw new Error('rabbitmq-server does not answer')
  }
}

/** Rejects when the connection is no more. */
function lossOf(model: ChannelModel): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  model.on('error', () => {}).on('close', () => reject(new Error('the connection is lost')))
  promise.catch(() => {})
  return promise
}

/** A broker that is killed meanwhile says no goodbye, and amqplib waits for it. */
async function ended(model: ChannelModel, lost: Promise<never>): Promise<void> {
  try {
    await Promise.race([model.close(), lost])
  } catch {
    // It is closed.
  }
}

function configuration(ports: Ports, user: string, password: string, identity: Identity | null, folder: string): string {
  const lines = [
    `listeners.tcp.1 = 127.0.0.1:${ports.plain}`,
    `default_user = ${user}`,
    `default_pass = ${password}`,
    'loopback_users = none',
    'disk_free_limit.absolute = 1MB',
    'log.console = false',
    'log.file.level = error',
  ]
  if (identity === null) return lines.join('\n')
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
  writeFileSync(certificate, identity.certificate)
  writeFileSync(key, identity.key)
  const tls = [`cacertfile = ${certificate}`, `certfile = ${certificate}`, `keyfile = ${key}`, 'verify = verify_none']
  return [...lines, `listeners.ssl.1 = 127.0.0.1:${ports.secure}`, ...tls.map((line) => `ssl_options.${line}`)].join('\n')
}
