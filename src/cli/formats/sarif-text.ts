/** Text of others in messages of SARIF (2.1.0, §3.11.6): what looks like an embedded link is none. */
import { visible } from './text.ts'

export function sarifText(text: string): string {
  return visible(text).replaceAll('](', '\\](')
}
