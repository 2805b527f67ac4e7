/** What a connection to a broker of AMQP 1.0 needs to know: `amqps://user:password@host:port/virtual-host`, and whom to believe. */
import type { SecureContext } from 'node:tls'
import type { SettingText } from '../../contract/plan/setting.ts'
import { type AmqpAddress, brokerOf, type Login } from '../amqp/amqp-address.ts'
import { settle } from '../settings.ts'

export type Amqp10Target = {
  readonly address: AmqpAddress
  /** `null`: as nobody in particular. */
  readonly login: Login | null
  /** `null`: without TLS. */
  readonly trusted: SecureContext | null
  /** The topic's name at the broker. */
  readonly topic: string
}

export type WrittenTarget = {
  readonly url: SettingText
  readonly topic: SettingText
  readonly login: { readonly username: SettingText; readonly password: SettingText } | null
  /** PEM certificates; empty for those that Node trusts. */
  readonly authorities: readonly string[]
}

/** Rejects with what an operator can act on; `name` is what the broker is for people: `a revocation feed`. */
export async function amqp10Target(
  { url, topic, login, authorities }: WrittenTarget,
  values: ReadonlyMap<string, string>,
  name: string,
): Promise<Amqp10Target> {
  const broker = brokerOf({ url, login }, values, name)
  return { ...broker, trusted: broker.address.secure ? await trust(authorities) : null, topic: settle(topic, values) }
}

async function trust(authorities: readonly string[]): Promise<SecureContext> {
  const { createSecureContext } = await import('node:tls')
  return createSecureContext({ minVersion: 'TLSv1.2', ...(authorities.length === 0 ? {} : { ca: [...authorities] }) })
}
