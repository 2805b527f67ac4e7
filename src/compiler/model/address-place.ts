/** Host and port of an address that the gateway calls, with the values that settings have in a cluster. */
import type { SettingText } from '../../contract/plan/setting.ts'
import type { Location } from '../source/location.ts'
import type { Project } from './model.ts'
import type { Kubernetes } from './types/kubernetes.ts'
import type { Placed } from './types/placed.ts'

/** `writtenAt`: where `kubernetes.settings` says it; `null` where the address itself does. */
export type AddressPlace =
  /** `byDefault`: the setting whose default says so, where nobody gives it a value. */
  | {
      readonly kind: 'known'
      readonly host: string
      readonly port: number
      readonly byDefault: string | null
      readonly writtenAt: Location | null
    }
  | { readonly kind: 'unknown'; readonly setting: string }
  | { readonly kind: 'malformed'; readonly writtenAt: Location | null }

const standardPorts: Readonly<Record<string, number>> = { http: 80, https: 443, redis: 6379, rediss: 6379, amqp: 5672, amqps: 5671 }

/** User, path and query have no say in it. */
export function placeOf(url: SettingText, { settings }: Project, kubernetes: Kubernetes): AddressPlace {
  let text = ''
  let byDefault: string | null = null
  let given: Placed<string> | null = null
  const unknown: string[] = []
  for (const part of url) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    const isOfPlace = !/^[a-z]+:\/\/[^/?#]*[/?#]/i.test(text)
    const here = kubernetes.settings.get(part.setting) ?? null
    const value = here?.value ?? settings.get(part.setting)?.default ?? null
    if (isOfPlace && here !== null) given ??= here
    if (isOfPlace && here === null && value !== null) byDefault ??= part.setting
    if (value === null) unknown.push(part.setting)
    text += value ?? `\0${unknown.length - 1}\0`
  }
  const authority = /^([a-z]+):\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::([^/?#]*))?/i.exec(text)
  const [whole = text, scheme = '', host = '', port = ''] = authority ?? []
  const places = authority === null ? whole : host + port
  const missing = /\0(\d+)\0/.exec(places)?.[1]
  if (missing !== undefined) return { kind: 'unknown', setting: unknown[Number(missing)]! }
  const writtenAt = given?.at ?? null
  const number = port === '' ? (standardPorts[scheme.toLowerCase()] ?? 0) : Number(port)
  if (host === '' || !Number.isInteger(number) || number < 1 || number > 65_535) return { kind: 'malformed', writtenAt }
  return { kind: 'known', host: host.toLowerCase().replace(/^\[(.*)\]$/, '$1'), port: number, byDefault, writtenAt }
}

export function isThisMachine(host: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|::1)$/.test(host)
}
