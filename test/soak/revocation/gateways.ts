/** Two gateways of one bundle, each a process with threads, asked over connections that stay open. */
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { createInterface } from 'node:readline'
import { spawnGateway } from '../../behaviour/bundle.ts'
import { type Environment, loopback } from '../../behaviour/running-gateway.ts'

/** Several for each thread, so that each is asked. */
const connections = 8

export class Gateway {
  readonly #bundle: string
  readonly #environment: Environment
  #port: number = 0
  #adminPort: number = 0
  #agent: Agent = new Agent()
  #stop: (signal: NodeJS.Signals) => Promise<void> = async () => {}
  /** Not told to end, and begun. */
  #up: boolean = false
  /** Lines of the log that say that something is wrong with the gateway itself. */
  readonly complaints: string[] = []

  constructor(bundle: string, environment: Environment) {
    this.#bundle = bundle
    this.#environment = { ...loopback, POSTERN_WORKERS: '2', POSTERN_LOG_LEVEL: 'warn', ...environment }
  }

  get up(): boolean {
    return this.#up
  }

  async start(): Promise<void> {
    const child = spawnGateway(this.#bundle, { ...this.#environment, POSTERN_LOG_LEVEL: 'info' })
    const listening = Promise.withResolvers<void>()
    child.stderr!.setEncoding('utf8').on('data', (text: string) => this.complaints.push(text))
    createInterface(child.stdout!).on('line', (text) => {
      const line = JSON.parse(text) as Readonly<Record<string, unknown>>
      if (line.event === 'listening') {
        this.#port = Number(line.http)
        this.#adminPort = Number(line.admin)
        listening.resolve()
      } else if (line.level === 'error') this.complaints.push(text)
    })
    const exited = once(child, 'exit')
    exited.then(() => listening.reject(new Error(`the gateway ended: ${this.complaints.join('\n')}`)))
    listening.promise.catch(() => {})
    await listening.promise
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
    this.#up = true
    this.#stop = async (signal) => {
      this.#up = false
      this.#agent.destroy()
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await exited
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#stop(signal)
  }

  /** Status; `null` where the gateway has gone meanwhile. Rejects when one that is there does not answer. */
  async ask(token: string): Promise<number | null> {
    const headers = { Authorization: `Bearer ${token}` }
    try {
      return await statusOf({ port: this.#port, path: '/token', headers, agent: this.#agent })
    } catch (error) {
      if (!this.#up) return null
      throw error
    }
  }

  async ready(): Promise<boolean> {
    return (await statusOf({ port: this.#adminPort, path: '/ready', headers: {}, agent: undefined })) === 200
  }
}

function statusOf(options: {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly agent: Agent | undefined
}): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const request = get({ host: '127.0.0.1', ...options }, (answer) => {
    answer.resume()
    answer.on('end', () => resolve(answer.statusCode ?? 0))
    answer.on('error', reject)
  })
  request.on('error', reject)
  return promise
}
