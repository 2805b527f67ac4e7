/**
 * The Forwarded and X-Forwarded-* lines that a backend gets (RFC 7239). They say what the connection says; a client's own are believed
 * only where the client is a trusted proxy, and then kept in front.
 */
import { requestSlots } from '../http1/request-fields.ts'
import type { RequestHead } from '../http1/request-head.ts'

export class ForwardedFields {
  readonly #address: string
  readonly #scheme: 'http' | 'https'
  readonly #trusted: boolean
  #host: string | null = null
  #lines: string = ''

  /** `address`: the connection's; `trusted`: it is a trusted proxy. */
  constructor(address: string, scheme: 'http' | 'https', trusted: boolean) {
    this.#address = address
    this.#scheme = scheme
    this.#trusted = trusted
  }

  /** Each line ends in CRLF. Made once for all requests to one host, unless what the proxy says may differ. */
  lines(head: RequestHead, host: string): string {
    if (this.#trusted) return this.#behindProxy(head, host)
    if (host !== this.#host) {
      this.#host = host
      this.#lines = lines('', this.#address, this.#scheme, host, '', this.#element(host))
    }
    return this.#lines
  }

  #behindProxy(head: RequestHead, host: string): string {
    const given = (slot: number): string | undefined => (head.occurrences(slot) === 1 ? head.value(slot) : undefined)
    const before = (value: string | undefined): string => (value === undefined || value === '' ? '' : `${value}, `)
    return lines(
      before(head.values(requestSlots.forwardedFor)),
      this.#address,
      given(requestSlots.forwardedProto) ?? this.#scheme,
      given(requestSlots.forwardedHost) ?? host,
      before(head.values(requestSlots.forwarded)),
      this.#element(host),
    )
  }

  #element(host: string): string {
    const node = this.#address.includes(':') ? `"[${this.#address}]"` : this.#address
    return `for=${node};${host === '' ? '' : `host="${host}";`}proto=${this.#scheme}`
  }
}

function lines(proxies: string, address: string, proto: string, host: string, elements: string, element: string): string {
  const hostLine = host === '' ? '' : `X-Forwarded-Host: ${host}\r\n`
  return `X-Forwarded-For: ${proxies}${address}\r\nX-Forwarded-Proto: ${proto}\r\n${hostLine}Forwarded: ${elements}${element}\r\n`
}
