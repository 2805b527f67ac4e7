/** Some APIs are reached over TLS only, or without it only, as their definitions say. */
import type { OperationPlan } from '../contract/plan/operation.ts'
import type { Exchange, Refusal, Step } from './exchange.ts'
import { requestSlots } from './http1/request-fields.ts'

/** `null` where either will do. */
export function checkTransport({ transport }: OperationPlan): Step | null {
  switch (transport) {
    case 'any':
      return null
    case 'https':
      return (exchange) => (cameOverTls(exchange) ? undefined : httpsNeeded)
    case 'http':
      return (exchange) => (cameOverTls(exchange) ? httpNeeded : undefined)
  }
}

const httpsNeeded: Refusal = { kind: 'wrong-transport', fields: '', reason: 'https-needed' }
const httpNeeded: Refusal = { kind: 'wrong-transport', fields: '', reason: 'http-needed' }

/** Where a trusted proxy says how the client reached it, that counts, and not how the proxy reached the gateway. */
function cameOverTls({ head, transport, fromTrustedProxy }: Exchange): boolean {
  if (!fromTrustedProxy) return transport.secure
  const said = head.occurrences(requestSlots.forwardedProto)
  return said === 0 ? transport.secure : said === 1 && head.value(requestSlots.forwardedProto)!.toLowerCase() === 'https'
}
