/** Accepts client connections, sweeps their deadlines, and ends them in order when the gateway stops. */
import { type AddressInfo, createServer, type Server } from 'node:net'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Clock } from '../clock.ts'
import type { CoarseClock } from '../coarse-clock.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { Log } from '../observability/log.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { Operation } from '../operation.ts'
import type { RefusalWriter } from '../refuse.ts'
import type { Router } from '../router/router.ts'
import type { TrustedProxies } from './client-address.ts'
import { ClientConnection } from './client-connection.ts'
import type { DateLine } from './date-line.ts'
import type { RequestIds } from './request-ids.ts'
import { plainTransport } from './transport.ts'

/** What every client connection works with. */
export type ListenerParts = {
  readonly plan: GatewayPlan
  readonly clock: Clock
  readonly time: CoarseClock
  readonly router: Router<Operation>
  readonly requestFields: RequestFields
  readonly credentialSlots: readonly number[]
  readonly trustedProxies: TrustedProxies
  readonly refusalWriter: RefusalWriter
  readonly requestIds: RequestIds
  readonly date: DateLine
  readonly metrics: Metrics
  readonly log: Log
}

/** A client's connection, whatever protocol it speaks. */
export type ClientSession = {
  /** Requests being served, or whose answers are still on their way out. */
  readonly busy: number
  /** Called a few times a second. */
  sweep(now: number): void
  /** The gateway stops: what is being served ends, and nothing new begins. */
  stop(): void
  destroy(): void
}

export class Listener {
  readonly #server: Server
  readonly #connections: Set<ClientSession> = new Set()
  readonly #parts: ListenerParts
  /** Answers say that the connection closes. */
  draining: boolean = false
  #drained: (() => void) | null = null

  constructor(parts: ListenerParts) {
    this.#parts = parts
    // allowHalfOpen: what a client that half-closes gets is decided by the connection, not by the socket.
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      if (this.#connections.size < parts.plan.limits.maxConnections) {
        this.#connections.add(new ClientConnection(socket, plainTransport, this.#parts, this))
        parts.metrics.connectionOpened()
      } else socket.destroy()
    })
  }

  /** Resolves with the port once connections are accepted. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host, port, backlog: 4096 }, () => {
        this.#server.off('error', reject)
        this.#server.on('error', (error: NodeJS.ErrnoException) =>
          this.#parts.log.event('error', 'listener-error', { code: error.code ?? 'unknown' }),
        )
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  sweep(now: number): void {
    for (const connection of this.#connections) connection.sweep(now)
  }

  /** Requests being served now. */
  get busy(): number {
    let count = 0
    for (const connection of this.#connections) count += connection.busy
    return count
  }

  /**
   * Accepts nothing more, and resolves when the last connection has closed, with how many requests were cut because they were not
   * answered within `milliseconds`.
   */
  drain(milliseconds: number): Promise<number> {
    this.draining = true
    this.#server.close()
    return new Promise((resolve) => {
      let cut = 0
      const limit = setTimeout(() => {
        cut = this.busy
        for (const connection of this.#connections) connection.destroy()
      }, milliseconds)
      this.#drained = () => {
        clearTimeout(limit)
        resolve(cut)
      }
      for (const connection of this.#connections) connection.stop()
      this.#checkDrained()
    })
  }

  connectionClosed(connection: ClientSession): void {
    this.#connections.delete(connection)
    this.#parts.metrics.connectionClosed()
    this.#checkDrained()
  }

  #checkDrained(): void {
    if (this.#connections.size === 0) this.#drained?.()
  }
}
