/** Backend addresses as far as they are known before the settings are. */

import type { SettingText } from '../../contract/plan/setting.ts'
import type { Project } from '../model/model.ts'
import { withDefaults } from '../model/setting-text.ts'
import type { Backend } from '../model/types/backend.ts'
import type { Placed } from '../model/types/placed.ts'
import type { Setting } from '../model/types/setting.ts'

/** Every backend of every operation; one that many share comes many times. */
export function* backendsOf(project: Project): Generator<Placed<Backend>> {
  for (const { operations } of project.apis) {
    for (const { production, sandbox } of operations) {
      if (production !== null) yield production
      if (sandbox !== null) yield sandbox
    }
  }
}

/** The part of an address that stands in the files of the project: literals and defaults. */
export function writtenText(text: SettingText, settings: ReadonlyMap<string, Setting>): string {
  return text.map((part) => (typeof part === 'string' ? part : (settings.get(part.setting)?.default ?? ''))).join('')
}

/**
 * The address with each setting's default in its place. A setting without default becomes text that fits wherever a setting may
 * stand: in a host name, a port, a path, or as the whole beginning of the address.
 */
export function sampleUrl(text: SettingText, settings: ReadonlyMap<string, Setting>): string {
  const parts = text.map((part, index) =>
    typeof part === 'string' ? part : (settings.get(part.setting)?.default ?? (index === 0 ? 'http://1' : '1')),
  )
  return parts.join('')
}

/** The host of a plain `http` address; `null` where it is https, or known only at start. */
export function cleartextHost(text: SettingText, settings: ReadonlyMap<string, Setting>): string | null {
  const known = text.findIndex((part) => typeof part !== 'string' && withDefaults([part], settings) === null)
  const start = withDefaults(known === -1 ? text : text.slice(0, known), settings) ?? ''
  // Whatever the missing setting holds, it cannot change a host that is already followed by a slash.
  const complete = known === -1 ? start : /^http:\/\/[^/]+\//i.exec(start)?.[0]
  if (complete === undefined || !URL.canParse(complete)) return null
  const url = new URL(complete)
  return url.protocol === 'http:' ? url.hostname : null
}

/** Whether the address is plain `http` as far as the project says: a default counts, though an operator might say otherwise. */
export function beginsWithHttp(text: SettingText, settings: ReadonlyMap<string, Setting>): boolean {
  return /^http:/i.test(writtenText(text, settings))
}
