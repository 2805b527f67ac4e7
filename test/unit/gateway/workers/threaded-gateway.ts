/**
 * A gateway with worker threads, as a process of its own: start-bundle.ts and the engine from source, with a plan made by hand and bugs
 * that a real gateway does not have.
 */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { GatewayPlan } from '../../../../src/contract/plan.ts'
import { spawnOwned } from '../../../owned-process.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { type Answer, Client } from '../../../wire/client.ts'
import { anyPort } from '../../../wire/gateway.ts'
import { LogLines } from '../../../wire/log-lines.ts'
import { requestText } from '../../../wire/request-text.ts'
import { until } from '../../../wire/until.ts'

export type ThreadedOptions = {
  readonly environment?: Readonly<Record<string, string>>
  /** Of Node. */
  readonly flags?: readonly string[]
}

/** Starts it and resolves when it listens; ended with the test, whatever happens. */
export async function startThreaded(
  test: TestContext,
  plan: GatewayPlan,
  workers: number,
  options: ThreadedOptions = {},
): Promise<ThreadedGateway> {
  const gateway = spawnThreaded(test, plan, workers, options)
  await gateway.listening()
  return gateway
}

export function spawnThreaded(test: TestContext, plan: GatewayPlan, workers: number, options: ThreadedOptions = {}): ThreadedGateway {
  const folder = temporaryFolder(test)
  writeBundle(folder, plan)
  const environment = { ...anyPort, POSTERN_WORKERS: String(workers), ...options.environment }
  const gateway = new ThreadedGateway(
    folder,
    spawnOwned(process.execPath, [...(options.flags ?? []), join(folder, 'gateway.mjs')], { env: environment }),
  )
  test.after(() => gateway.kill())
  return gateway
}

export class ThreadedGateway {
  readonly folder: string
  readonly log: LogLines = new LogLines()
  stderr: string = ''
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown[]>
  #ports: { readonly http: number; readonly admin: number } | null = null

  constructor(folder: string, child: ChildProcess) {
    this.folder = folder
    this.#child = child
    this.#closed = once(child, 'close')
    child.stdout!.setEncoding('utf8').on('data', (text: string) => this.log.add(text))
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
  }

  async listening(): Promise<void> {
    const early = this.#closed.then(([code]) => {
      throw new Error(`the gateway ended with ${code} before it listened: ${this.stderr}`)
    })
    const { http, admin } = await Promise.race([this.log.find(({ event }) => event === 'listening'), early])
    early.catch(() => {})
    this.#ports = { http: Number(http), admin: Number(admin) }
  }

  get port(): number {
    assert.ok(this.#ports !== null)
    return this.#ports.http
  }

  connect(): Promise<Client> {
    return Client.connect(this.port)
  }

  async ask(path: string): Promise<Answer> {
    const client = await this.connect()
    try {
      return await client.request(requestText('GET', path))
    } finally {
      await client.destroy()
    }
  }

  /** Asks for what holds up the thread that is asked, and waits until it was. */
  async provokeAndLeave(path: string): Promise<void> {
    const client = await this.connect()
    // The second request is not answered any more; the first shows that the thread has the connection.
    await client.request(requestText('GET', '/hello'))
    await new Promise<void>((resolve) => client.socket.write(requestText('GET', path), () => resolve()))
  }

  /** Asks for what ends the thread that is asked, and waits until it is gone. */
  async provoke(path: string): Promise<void> {
    const client = await this.connect()
    client.send(requestText('GET', path))
    await client.closed
  }

  async admin(path: string): Promise<{ readonly status: number; readonly text: string }> {
    assert.ok(this.#ports !== null)
    const response = await fetch(`http://127.0.0.1:${this.#ports.admin}${path}`)
    return { status: response.status, text: await response.text() }
  }

  /** Asks again until the status is this. */
  async adminUntil(path: string, status: number): Promise<string> {
    let page = await this.admin(path)
    await until(
      async () => {
        page = await this.admin(path)
        return page.status === status
      },
      () => `${path} answers ${page.status}, and never ${status}`,
    )
    return page.text
  }

  /** The value of one series of /metrics; 0 where it is not there. */
  async metric(series: string): Promise<number> {
    const { text } = await this.admin('/metrics')
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `))
    return line === undefined ? 0 : Number(line.slice(series.length + 1))
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Resolves with the exit code. */
  async ended(): Promise<number | null> {
    const [code] = await this.#closed
    return code as number | null
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL')
    await this.#closed
  }
}

function writeBundle(folder: string, plan: GatewayPlan): void {
  const source = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
  const rest = '\n  "name": "test"\n}\n'
  const entry = [
    `import { startBundle } from ${source('../../../../src/gateway/start-bundle.ts')}`,
    `import { throttleCapability } from ${source('../../../../src/gateway/throttle/throttle.ts')}`,
    `import { withBugs } from ${source('./bugs.ts')}`,
    `await startBundle(${JSON.stringify(JSON.stringify(plan))}, '${sha256(`{\n  "digest": "",${rest}`)}', import.meta.url, { throttle: withBugs(throttleCapability) })\n`,
  ].join('\n')
  writeFileSync(join(folder, 'gateway.mjs'), entry)
  writeFileSync(join(folder, 'manifest.json'), `{\n  "digest": "sha256:${sha256(entry)}",${rest}`)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
