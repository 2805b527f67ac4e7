/** What a client asked for, as it goes to the backend, and whether the backend's 101 is the answer to just that (RFC 6455 §4.2.2, §4.1). */
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Tunnel, TunnelSlot, UpgradeRequest } from '../capabilities/upgrade.ts'
import type { Exchange } from '../exchange.ts'
import { furtherSlot, responseSlots, watchedResponseFields } from '../http1/response-fields.ts'
import type { ResponseHead } from '../http1/response-head.ts'
import type { WatchedFields } from '../http1/watched-fields.ts'
import { extensionNames, listed } from './field-lists.ts'

/** `extensions`: some have been agreed on, and change what frames hold. */
export type Join = (client: Socket, backend: Socket, exchange: Exchange, extensions: boolean) => Tunnel

/** What the tunnels of one operation have in common. */
export type OperationTunnels = { readonly join: Join; readonly newPlace: () => TunnelSlot }

const answerNames = ['sec-websocket-accept', 'sec-websocket-protocol', 'sec-websocket-extensions'] as const
const [acceptSlot, protocolSlot, extensionsSlot] = answerNames.map((_, index) => furtherSlot(index)) as [number, number, number]
const answerFields = watchedResponseFields(answerNames, false)
const limitedAnswerFields = watchedResponseFields(answerNames, true)

/** RFC 6455 §1.3. */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Lines that the gateway makes for each hop. */
function hopLines(protocol: string): string {
  return `Connection: Upgrade\r\nUpgrade: ${protocol}\r\n`
}

/** A 101 without content, which has switched to just this protocol. */
function switchesTo(answer: ResponseHead, protocol: string): boolean {
  return (
    answer.minorVersion === 1 &&
    answer.contentLength === -1 &&
    !answer.chunked &&
    answer.values(responseSlots.upgrade)?.toLowerCase() === protocol.toLowerCase() &&
    listed(answer.values(responseSlots.connection), 'upgrade')
  )
}

/** To a protocol of which nothing is known. */
export class OtherRequest implements UpgradeRequest {
  readonly place: TunnelSlot
  readonly fields: string
  readonly #protocol: string
  readonly #join: Join

  constructor(protocol: string, { join, newPlace }: OperationTunnels) {
    this.place = newPlace()
    this.fields = hopLines(protocol)
    this.#protocol = protocol
    this.#join = join
  }

  answerFields(limited: boolean): WatchedFields {
    return limited ? limitedAnswerFields : answerFields
  }

  accept(answer: ResponseHead): string | null {
    return switchesTo(answer, this.#protocol) ? hopLines(this.#protocol) : null
  }

  join(client: Socket, backend: Socket, exchange: Exchange): Tunnel {
    return this.#join(client, backend, exchange, false)
  }
}

export class WebSocketRequest implements UpgradeRequest {
  readonly place: TunnelSlot
  readonly fields: string
  readonly #key: string
  readonly #subprotocols: readonly string[]
  readonly #announced: string | null
  readonly #extensions: string
  readonly #join: Join
  #agreedExtensions: string = ''

  /** `announced`: the subprotocol that announced the token, which is for the gateway alone; `null` for none. */
  constructor(key: string, subprotocols: readonly string[], announced: string | null, extensions: string, tunnels: OperationTunnels) {
    this.place = tunnels.newPlace()
    this.#key = key
    this.#subprotocols = subprotocols
    this.#announced = announced
    this.#extensions = extensions
    this.#join = tunnels.join
    this.fields =
      `${hopLines('websocket')}Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n` +
      line('Sec-WebSocket-Protocol', subprotocols.join(', ')) +
      line('Sec-WebSocket-Extensions', extensions)
  }

  answerFields(limited: boolean): WatchedFields {
    return limited ? limitedAnswerFields : answerFields
  }

  accept(answer: ResponseHead): string | null {
    if (!switchesTo(answer, 'websocket')) return null
    const expected = createHash('sha1')
      .update(this.#key + acceptSuffix)
      .digest('base64')
    if (answer.values(acceptSlot) !== expected) return null
    const selected = answer.values(protocolSlot)
    if (selected !== undefined && !this.#subprotocols.includes(selected)) return null
    this.#agreedExtensions = answer.values(extensionsSlot) ?? ''
    const offered = extensionNames(this.#extensions)
    if (!extensionNames(this.#agreedExtensions).every((name) => offered.includes(name))) return null
    return (
      `${hopLines('websocket')}Sec-WebSocket-Accept: ${expected}\r\n` +
      // A browser that offers subprotocols gives up when none is selected.
      line('Sec-WebSocket-Protocol', selected ?? this.#announced ?? '') +
      line('Sec-WebSocket-Extensions', this.#agreedExtensions)
    )
  }

  join(client: Socket, backend: Socket, exchange: Exchange): Tunnel {
    return this.#join(client, backend, exchange, this.#agreedExtensions !== '')
  }
}

function line(name: string, value: string): string {
  return value === '' ? '' : `${name}: ${value}\r\n`
}
