/** A gateway of the fixture project with everything around it: backends, issuers, and a client's ways of asking. */
import { Backend } from '../wire/backend.ts'
import { type Answer, ask, Client } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import { ChatServer } from '../wire/web-socket-server.ts'
import { type Change, PreparedProject } from './prepared-project.ts'
import type { Environment, RunningGateway, Start } from './running-gateway.ts'

export class World {
  readonly project: PreparedProject
  readonly gateway: RunningGateway
  readonly open: Backend
  readonly shop: Backend
  readonly sandbox: Backend
  /** Behind /fragile: to be stopped, dropped and maltreated. */
  readonly fragile: Backend
  readonly chat: ChatServer

  private constructor(
    project: PreparedProject,
    gateway: RunningGateway,
    [open, shop, sandbox, fragile]: readonly [Backend, Backend, Backend, Backend],
    chat: ChatServer,
  ) {
    this.project = project
    this.gateway = gateway
    this.open = open
    this.shop = shop
    this.sandbox = sandbox
    this.fragile = fragile
    this.chat = chat
  }

  static async make(start: Start, changes: readonly Change[] = [], environment: Environment = {}): Promise<World> {
    const project = new PreparedProject(...changes)
    const backends = await Promise.all([Backend.start(), Backend.start(), Backend.start(), Backend.start()])
    const [open, shop, sandbox, fragile] = backends
    const chat = await ChatServer.start()
    const urls = { OPEN_URL: open.url, SHOP_URL: shop.url, SANDBOX_URL: sandbox.url, FRAGILE_URL: fragile.url, CHAT_URL: chat.url }
    return new World(project, await start(project, { ...urls, ...environment }), backends, chat)
  }

  connect(): Promise<Client> {
    return Client.connect(this.gateway.port)
  }

  /** One request on a connection of its own. */
  ask(method: string, target: string, fields: readonly string[] = [], body = ''): Promise<Answer> {
    return ask(this.gateway.port, requestText(method, target, fields, body))
  }

  /** A page of the admin listener. */
  async admin(path: string): Promise<{ readonly status: number; readonly text: string; readonly type: string }> {
    const response = await fetch(`http://127.0.0.1:${this.gateway.adminPort}${path}`)
    return { status: response.status, text: await response.text(), type: response.headers.get('content-type') ?? '' }
  }

  async end(): Promise<void> {
    await this.gateway.stop()
    for (const backend of [this.open, this.shop, this.sandbox, this.fragile]) await backend.stop()
    await this.chat.stop()
    this.project.remove()
  }
}

/** The world of the moment: there is none before the suite's `before`. */
export type There = () => World
