/** The gateway of the credential matrix, asked in the same words over HTTP/1.1 and over HTTP/2. */
import { Credentials } from '../../behaviour/credential-matrix/credentials.ts'
import { matrixProject, matrixSettings } from '../../behaviour/credential-matrix/project.ts'
import { startInProcess } from '../../behaviour/in-process.ts'
import { ProjectFolder } from '../../behaviour/project-folder.ts'
import type { RunningGateway } from '../../behaviour/running-gateway.ts'
import { Backend } from '../../wire/backend.ts'
import { ask } from '../../wire/client.ts'
import { Http2WireClient } from '../../wire/http2-client.ts'
import { flags, frameTypes, headers } from '../../wire/http2-frames.ts'
import { KeyManager } from '../../wire/key-manager.ts'
import { requestText } from '../../wire/request-text.ts'

/** 200, the code of a refusal, or that there was no answer. */
export type Outcome = number | 'closed'

export class GuardedGateway {
  readonly credentials: Credentials
  readonly backend: Backend
  /** Knows no token. */
  readonly #keyManager: KeyManager
  readonly #project: ProjectFolder
  readonly #gateway: RunningGateway
  #addresses: number = 0

  private constructor(credentials: Credentials, backend: Backend, keyManager: KeyManager, project: ProjectFolder, gateway: RunningGateway) {
    this.credentials = credentials
    this.backend = backend
    this.#keyManager = keyManager
    this.#project = project
    this.#gateway = gateway
  }

  static async start(): Promise<GuardedGateway> {
    const credentials = new Credentials()
    const project = new ProjectFolder(matrixProject(credentials))
    const settings = matrixSettings(project.folder, credentials)
    const backend = await Backend.start()
    const keyManager = await KeyManager.start()
    const gateway = await startInProcess(project, { BACKEND_URL: backend.url, KEY_MANAGER: keyManager.url, ...settings })
    return new GuardedGateway(credentials, backend, keyManager, project, gateway)
  }

  async stop(): Promise<void> {
    await this.#gateway.stop()
    await this.backend.stop()
    await this.#keyManager.stop()
    this.#project.remove()
  }

  /** The text of the good one of a kind: what follows the scheme or the field's name. */
  good(kind: 'token' | 'header' | 'basic'): string {
    const right = this.credentials.all.find(
      (each) => each.kind === kind && each.state === 'right' && each.proof === undefined && each.boundTo === undefined,
    )
    const [line = ''] = right?.fields?.({ path: '/', apart: false }) ?? []
    return line.slice(line.lastIndexOf(' ') + 1)
  }

  /** Field lines are sent as latin1, one character a byte. */
  async overHttp1(target: string, lines: readonly string[]): Promise<Outcome> {
    const { status, message } = await ask(this.#gateway.port, requestText('GET', target, [...lines, this.#address()]))
    return status === 200 ? 200 : Number(JSON.parse(message.text).code)
  }

  /** The same lines as a header list, names in lower case; what stands around the value stays. */
  async overHttp2(target: string, lines: readonly string[]): Promise<Outcome> {
    const client = await Http2WireClient.open(this.#gateway.port)
    const fields = [...lines, this.#address()].map((line): readonly [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).replace(/^ /, '')]
    })
    const pseudo = { ':method': 'GET', ':scheme': 'http', ':authority': 'gateway.example', ':path': target }
    client.send(headers(1, [...Object.entries(pseudo), ...fields]))
    const outcome = await outcomeOf(client)
    client.destroy()
    return outcome
  }

  /** Who guesses is slowed down by address. */
  #address(): string {
    return `X-Forwarded-For: 10.0.${this.#addresses >> 8}.${this.#addresses++ & 255}`
  }
}

async function outcomeOf(client: Http2WireClient): Promise<Outcome> {
  for (;;) {
    const own = client.frames.filter(({ stream }) => stream === 1)
    if (own.some(({ type }) => type === frameTypes.resetStream)) return 'closed'
    if (own.some((frame) => (frame.flags & flags.endStream) !== 0 && frame.type !== frameTypes.windowUpdate)) {
      const body = Buffer.concat(own.flatMap(({ type, payload }) => (type === frameTypes.data ? [payload] : []))).toString()
      return Number(JSON.parse(body).code ?? 200)
    }
    if (client.closed) return 'closed'
    await client.next()
  }
}
