/** Who is at the other end of a client's connection: its address, and whether it may speak for others. One for each connection. */
import { Consumer } from '../consumer.ts'
import type { Exchange } from '../exchange.ts'
import { requestSlots } from '../http1/request-fields.ts'
import type { RequestHead } from '../http1/request-head.ts'
import { callerKey, plainAddress, type TrustedProxies } from './client-address.ts'
import { ForwardedFields } from './forwarded-fields.ts'
import type { Transport } from './transport.ts'

export class Peer {
  readonly address: string
  readonly consumer: Consumer
  readonly #proxies: TrustedProxies
  readonly #trusted: boolean
  readonly #transport: Transport
  readonly #fields: ForwardedFields

  /** `remoteAddress`: as the socket says it. */
  constructor(remoteAddress: string | undefined, transport: Transport, proxies: TrustedProxies) {
    this.#transport = transport
    this.address = plainAddress(remoteAddress)
    this.consumer = new Consumer(callerKey(this.address))
    this.#proxies = proxies
    this.#trusted = proxies.includes(this.address)
    this.#fields = new ForwardedFields(this.address, transport.secure ? 'https' : 'http', this.#trusted)
  }

  /** It is a trusted proxy: what comes from it is of many clients. */
  get speaksForOthers(): boolean {
    return this.#trusted
  }

  /** Its bytes come by TLS. */
  get secure(): boolean {
    return this.#transport.secure
  }

  /**
   * The client's address: the connection's own, or the one for which a trusted proxy asks, who is the exchange's caller then. The exchange
   * learns what the connection says of the client.
   */
  clientOf(exchange: Exchange): string {
    exchange.transport = this.#transport
    exchange.fromTrustedProxy = this.#trusted
    exchange.address = this.address
    if (!this.#trusted) return this.address
    const address = this.#proxies.client(this.address, exchange.head.values(requestSlots.forwardedFor))
    if (address === this.address) return address
    exchange.address = address
    const caller = new Consumer(callerKey(address))
    exchange.caller = caller
    exchange.consumer = caller
    return address
  }

  /** The X-Forwarded family for the backend; each line ends in CRLF. */
  forwardedLines(head: RequestHead, host: string): string {
    return this.#fields.lines(head, host)
  }
}
