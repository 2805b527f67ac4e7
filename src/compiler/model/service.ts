/** The address of an outside service that the gateway itself asks, and how it is reached, as they stand in postern.yaml. */
import type { SettingText } from '../../contract/plan/setting.ts'
import type { Location } from '../source/location.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { AuthorityFiles } from './authorities.ts'
import { readTls, settleTls } from './backend-tls.ts'
import { parseSettingText, type SettingsCollector, settlesIn, withDefaults } from './setting-text.ts'
import type { Service } from './types/service.ts'

export type ServiceSurroundings = {
  readonly settings: SettingsCollector
  readonly authorities: AuthorityFiles
  readonly access: NodeAccess
  /** In words: `introspection of https://idp.example.com`. */
  readonly usedFor: string
}

/** `url`, `plainHttp`, `authorities`, `certificate`, `key` and `serverName` of a mapping that holds other keys besides. */
export function readService(object: ObjectNode, around: ServiceSurroundings): Service | null {
  const { access, authorities, settings, usedFor } = around
  const plainHttp = access.optional(object, 'plainHttp', (value) => access.boolean(value)) ?? false
  const url = access.required(object, 'url', (value) => readUrl(value, plainHttp, around))
  const written = readTls(object, access, authorities)
  if (url === null || written === 'refused') return null
  const tls = written === null ? null : settleTls(written, usedFor, settlesIn(settings, access.diagnostics))
  return written !== null && tls === null ? null : { url, plainHttp, tls, at: placeOfUrl(object) }
}

/** Of the address in a mapping that has one as `url`. */
export function placeOfUrl(object: ObjectNode): Location {
  return (entry(object, 'url') ?? object).at
}

/** A text that may hold settings, which are then required for what it is. */
export function settingsText(
  node: SourceNode,
  use: string,
  { access, settings, usedFor }: Pick<ServiceSurroundings, 'access' | 'settings' | 'usedFor'>,
): SettingText | null {
  const text = access.text(node)
  return text === null ? null : parseSettingText(text, node.at, `${use} for ${usedFor}`, settings, access.diagnostics)
}

/** Host names, as URLs have them, that lead to this machine. */
export const loopback: RegExp = /^(?:localhost|(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** As far as it is known now; the gateway looks again when it starts. The address is not repeated: it may hold a credential. */
function readUrl(node: SourceNode, plainHttp: boolean, around: ServiceSurroundings): SettingText | null {
  const { access, settings } = around
  const parts = settingsText(node, 'address', around)
  const text = parts === null ? null : withDefaults(parts, settings.settings)
  if (text === null) return parts
  const url = URL.parse(text)
  if (url === null || !/^https?:\/\/[^\s/\\#@][^\s\\#]*$/i.test(text) || url.username !== '' || url.password !== '')
    return access.refuse(node, '`url` must be an absolute https URL without user and fragment')
  if (url.protocol === 'https:' || plainHttp || loopback.test(url.hostname)) return parts
  const hint = 'Use https, or say `plainHttp: true` where the way there is protected otherwise.'
  return access.refuse(node, '`url` is plain http: whoever is on the way could read and change what is said', hint)
}
