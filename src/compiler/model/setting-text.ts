/**
 * Text with settings in it: `${NAME}` and `${NAME:-default}`. A setting is a value that the operator gives at start; backend URLs,
 * addresses of outside services and credentials may hold settings, and nothing else.
 */
import type { SettingText } from '../../contract/plan/setting.ts'
import type { Diagnostics } from '../diagnostics.ts'
import type { Location } from '../source/location.ts'
import type { Placed } from './types/placed.ts'
import type { Setting } from './types/setting.ts'

const settingPattern = /\$\{([^{}]*)\}/g
const namePattern = /^[A-Z_][A-Z0-9_]{0,127}$/

type WrittenSetting = { readonly name: string; readonly default: string | null }

/** Every setting of a project, by its name, with all that it is used for. */
export class SettingsCollector {
  readonly #settings = new Map<string, Setting>()

  get settings(): ReadonlyMap<string, Setting> {
    return this.#settings
  }

  /** Adds a use of a setting; one with another default than before is reported. */
  add(setting: WrittenSetting, usedFor: string, at: Location, diagnostics: Diagnostics): void {
    const known = this.#settings.get(setting.name)
    if (known !== undefined && known.default !== setting.default) {
      const here = `the setting \`${setting.name}\` has ${describe(setting.default)} here`
      diagnostics.report('invalid-setting', at, `${here} and ${describe(known.default)} at ${known.at.file}:${known.at.line}`)
    }
    const uses = known?.usedFor ?? []
    const withUse = uses.includes(usedFor) ? uses : [...uses, usedFor]
    this.#settings.set(setting.name, { ...(known ?? { ...setting, at }), usedFor: withUse })
  }
}

/** The default itself may be a secret that somebody wrote there by mistake, so it is not repeated. */
function describe(value: string | null): string {
  return value === null ? 'no default' : 'another default'
}

/** Whether the text holds something that is, or was meant as, a setting. */
export function holdsSetting(text: string): boolean {
  return text.includes('${')
}

/**
 * Splits text into literals and settings, and collects the settings.
 * @returns `null` where a setting is malformed, which is reported as `invalid-setting`.
 */
export function parseSettingText(
  text: string,
  at: Location,
  usedFor: string,
  collector: SettingsCollector,
  diagnostics: Diagnostics,
): SettingText | null {
  const parts: (string | { readonly setting: string })[] = []
  const problems = new Set<string>()
  const literal = (part: string): void => {
    if (holdsSetting(part)) problems.add('a setting is not closed, or holds braces')
    else if (part !== '') parts.push(part)
  }
  let end = 0
  for (const match of text.matchAll(settingPattern)) {
    literal(text.slice(end, match.index))
    end = match.index + match[0].length
    const setting = parseSetting(match[1] ?? '')
    if (typeof setting === 'string') {
      problems.add(setting)
      continue
    }
    collector.add(setting, usedFor, at, diagnostics)
    parts.push({ setting: setting.name })
  }
  literal(text.slice(end))
  for (const problem of problems) diagnostics.report('invalid-setting', at, problem)
  return problems.size === 0 ? parts : null
}

/** Text that stands in a file, with its settings found and collected; `null` where one is malformed, which is reported. */
export type Settle = (text: Placed<string>, usedFor: string) => SettingText | null

export function settlesIn(collector: SettingsCollector, diagnostics: Diagnostics): Settle {
  return ({ value, at }, usedFor) => parseSettingText(value, at, usedFor, collector, diagnostics)
}

/** Returns what is wrong with a setting that is malformed. */
function parseSetting(text: string): WrittenSetting | string {
  const separator = text.indexOf(':-')
  const name = separator === -1 ? text : text.slice(0, separator)
  if (!namePattern.test(name)) return 'the name of a setting is missing or malformed'
  if (name.startsWith('POSTERN_')) return `the name \`${name}\` is reserved: names that begin with POSTERN_ belong to every gateway`
  return { name, default: separator === -1 ? null : text.slice(separator + 2) }
}

/** The text with each setting's default in its place; `null` where a setting has none. */
export function withDefaults(text: SettingText, settings: ReadonlyMap<string, Setting>): string | null {
  let result = ''
  for (const part of text) {
    const value = typeof part === 'string' ? part : (settings.get(part.setting)?.default ?? null)
    if (value === null) return null
    result += value
  }
  return result
}
