/** Text as it is written, with its settings by name: never a value. */
import type { SettingText } from '../../contract/plan/setting.ts'

export function writtenSettings(text: SettingText): string {
  return text.map((part) => (typeof part === 'string' ? part : `\${${part.setting}}`)).join('')
}
