/** Where a broker of AMQP 0-9-1 is, as a URL says it: `amqps://user:password@host:port/virtual-host`. */

import type { SettingText } from '../../contract/plan/setting.ts'
import { isLoopback } from '../calls/loopback.ts'
import { settle } from '../settings.ts'

export type AmqpAddress = {
  readonly host: string
  readonly port: number
  /** `amqps`: over TLS. */
  readonly secure: boolean
  /** As it stands in the URL, percent-encoded. */
  readonly virtualHost: string
  /** `null` where the URL has none. */
  readonly login: Login | null
  /** Nothing that is sent there leaves this machine in the clear. */
  readonly confidential: boolean
}

export type Login = { readonly username: string; readonly password: string }

/** What a connection needs to know. */
export type AmqpTarget = {
  readonly address: AmqpAddress
  readonly login: Login
  /** PEM certificates; empty for those that Node trusts. */
  readonly authorities: readonly string[]
}

/** What brokers know until they are told otherwise. */
const standardLogin: Login = { username: 'guest', password: 'guest' }

type WrittenTarget = {
  readonly url: SettingText
  readonly login: { readonly username: SettingText; readonly password: SettingText } | null
  readonly authorities: readonly string[]
}

/** Throws what an operator can act on; `name` is what the broker is for people: `a revocation feed`. */
export function amqpTarget(written: WrittenTarget, values: ReadonlyMap<string, string>, name: string): AmqpTarget {
  const { address, login } = brokerOf(written, values, name)
  return { address, login: login ?? standardLogin, authorities: written.authorities }
}

/** Where a broker is, and as whom the gateway comes; `null` where nothing says so. Throws as above. */
export function brokerOf(
  { url, login }: Pick<WrittenTarget, 'url' | 'login'>,
  values: ReadonlyMap<string, string>,
  name: string,
): { readonly address: AmqpAddress; readonly login: Login | null } {
  const address = parseAmqpUrl(settle(url, values))
  // The address is not repeated: there may be a password in it.
  if (address === null) throw new Error(`the address of ${name} is no amqp or amqps URL`)
  if (!address.confidential) throw new Error(`${name} must be reached by amqps, or on this machine`)
  if (login !== null && address.login !== null) throw new Error(`${name} has a login in its address and another one beside it`)
  return {
    address,
    login: login === null ? address.login : { username: settle(login.username, values), password: settle(login.password, values) },
  }
}

/** `null` where the text is no such URL. */
export function parseAmqpUrl(text: string): AmqpAddress | null {
  if (!/^amqps?:\/\/[^\s\\?#]+$/i.test(text)) return null
  const url = URL.parse(text)
  const [, virtualHost] = /^\/?([^/]{0,255})$/.exec(url?.pathname ?? '//') ?? []
  if (url === null || url.hostname === '' || virtualHost === undefined) return null
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const secure = url.protocol === 'amqps:'
  const [username, password] = [decoded(url.username), decoded(url.password)]
  if (username === null || password === null || decoded(virtualHost) === null) return null
  return {
    host,
    port: Number(url.port || (secure ? 5671 : 5672)),
    secure,
    virtualHost,
    login: username === '' && password === '' ? null : { username, password },
    confidential: secure || isLoopback(host),
  }
}

/** `null` for what is not encoded as it should be. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
