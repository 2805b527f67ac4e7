/**
 * The step that reads a client's request to switch protocols (RFC 9110 §7.8; RFC 6455 §4.2.1 for WebSocket). It stands before
 * authentication, because a browser can give its token only as a subprotocol.
 */
import type { UpgradePlan } from '../../contract/plan/upgrade.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import { type RequestFields, requestSlots } from '../http1/request-fields.ts'
import type { RequestHead } from '../http1/request-head.ts'
import { listed, tokens } from './field-lists.ts'
import { type OperationTunnels, OtherRequest, WebSocketRequest } from './upgrade-request.ts'

/** Read here and made anew for the backend, so that they are dropped like all that the gateway sets. */
export const webSocketFields = ['sec-websocket-key', 'sec-websocket-version', 'sec-websocket-protocol', 'sec-websocket-extensions'] as const

/** Sixteen bytes in base64 (RFC 6455 §4.1). */
const keyForm = /^[+/0-9A-Za-z]{21}[AQgw]==$/

export function handshakeStep(plan: UpgradePlan, fields: RequestFields, tunnels: OperationTunnels): Step {
  const { protocol } = plan
  const required: Refusal = {
    kind: 'upgrade-required',
    fields: `Connection: Upgrade\r\nUpgrade: ${protocol}\r\n${protocol === 'websocket' ? 'Sec-WebSocket-Version: 13\r\n' : ''}`,
    reason: 'no-upgrade',
  }
  const slots = webSocketFields.map((name) => fields.slot(name))
  return (exchange) => {
    // HTTP/2 knows neither the fields nor the switch (RFC 9113 §8.6).
    if (exchange.overHttp2) return { ...required, fields: '' }
    const { head } = exchange
    if (!asks(head, protocol)) return required
    if (head.chunked || head.contentLength > 0) return bad('body')
    if (protocol !== 'websocket') {
      exchange.upgrade = new OtherRequest(protocol, tunnels)
      return undefined
    }
    return webSocket(exchange, plan, slots, required, tunnels)
  }
}

function asks(head: RequestHead, protocol: string): boolean {
  return (
    head.minorVersion === 1 &&
    listed(head.values(requestSlots.upgrade), protocol) &&
    listed(head.values(requestSlots.connection), 'upgrade')
  )
}

function webSocket(
  exchange: Exchange,
  plan: UpgradePlan,
  slots: readonly number[],
  required: Refusal,
  tunnels: OperationTunnels,
): Refusal | undefined {
  const { head } = exchange
  const [key, version, protocol, extensions] = slots as [number, number, number, number]
  if (head.occurrences(version) !== 1 || head.value(version) !== '13') return required
  if (head.occurrences(key) !== 1 || !keyForm.test(head.value(key)!)) return bad('key')
  const offered = tokens(head.values(protocol))
  if (offered === null || new Set(offered).size < offered.length) return bad('subprotocols')
  const marker = plan.tokenProtocol === null ? -1 : offered.indexOf(plan.tokenProtocol)
  if (marker !== -1) {
    const token = offered[marker + 1]
    if (token === undefined) return bad('subprotocols')
    if (exchange.credential !== null) return { kind: 'duplicate-credential', fields: '', reason: 'duplicate-credential' }
    exchange.credential = `Bearer ${token}`
  }
  const passed = marker === -1 ? offered : offered.toSpliced(marker, 2)
  const announced = marker === -1 ? null : plan.tokenProtocol
  exchange.upgrade = new WebSocketRequest(head.value(key)!, passed, announced, head.values(extensions) ?? '', tunnels)
  return undefined
}

function bad(reason: string): Refusal {
  return { kind: 'bad-upgrade', fields: '', reason: `upgrade-${reason}` }
}
