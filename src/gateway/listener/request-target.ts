/** Target and authority of a request (RFC 9112 §3.2, RFC 9110 §7.2): one host, said once or twice in agreement, and a path. */
import type { RefusalKind } from '../../contract/refusals.ts'
import type { Exchange } from '../exchange.ts'
import { isHost } from '../http1/host.ts'
import { requestSlots } from '../http1/request-fields.ts'
import { canonicalise } from '../router/target.ts'

const slash = 0x2f

/** Sets the exchange's host, path and query, or says why the request is refused. */
export function readTarget(exchange: Exchange, maxTarget: number): RefusalKind | undefined {
  const { head } = exchange
  if (head.target.length > maxTarget) return 'target-too-long'
  const hosts = head.occurrences(requestSlots.host)
  if (hosts > 1 || (hosts === 0 && head.minorVersion === 1)) return 'bad-host'
  const host = hosts === 0 ? '' : head.value(requestSlots.host)!
  // The host of the connection's last request has been looked at then.
  if (hosts === 1 && (host === '' || (host !== exchange.host && !isHost(host)))) return 'bad-host'
  if (head.method === 'CONNECT') return 'not-tunnelled'
  // A part of the head's text would keep all of it for as long as the connection lives.
  if (host !== exchange.host) exchange.host = Buffer.from(host, 'latin1').toString('latin1')
  const { target } = head
  if (target.charCodeAt(0) === slash) return canonicalise(target, exchange) ? undefined : 'bad-target'
  if (target === '*') return serverWide(exchange)
  return readAbsolute(target, host, exchange)
}

/** `OPTIONS *` is about no operation; it finds none. */
function serverWide(exchange: Exchange): RefusalKind | undefined {
  exchange.path = '*'
  exchange.query = ''
  return exchange.head.method === 'OPTIONS' ? undefined : 'bad-target'
}

function readAbsolute(target: string, host: string, exchange: Exchange): RefusalKind | undefined {
  const [, authority = '', rest = ''] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target) ?? []
  if (!isHost(authority)) return 'bad-target'
  if (host !== '' && authority.toLowerCase() !== host.toLowerCase()) return 'bad-host'
  exchange.host = authority
  return canonicalise(rest.startsWith('/') ? rest : `/${rest}`, exchange) ? undefined : 'bad-target'
}
