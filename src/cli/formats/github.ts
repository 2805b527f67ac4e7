/** Diagnostics as GitHub Actions' workflow commands, which become annotations of the changed files. */
import type { Diagnostics } from '../../compiler/diagnostics.ts'
import { inOneLine } from './one-line.ts'
import { visible } from './text.ts'

/** `folder`: the project's, from the root of the repository; empty when it is the root. */
export function diagnosticsAsGithub(diagnostics: Diagnostics, folder: string): string {
  return diagnostics.sorted
    .map(({ severity, code, message, hint, at }) => {
      const file = folder === '' ? at.file : `${folder}/${at.file}`
      return workflowCommand(severity, { file, line: at.line, col: at.column, title: code }, inOneLine(message, hint))
    })
    .join('')
}

/** One annotation, with its properties in their order. */
export function workflowCommand(
  severity: 'error' | 'warning' | 'notice',
  properties: Readonly<Record<string, string | number>>,
  text: string,
): string {
  const place = Object.entries(properties).map(([name, value]) => `${name}=${typeof value === 'number' ? value : property(value)}`)
  return `::${severity} ${place.join(',')}::${data(text)}\n`
}

/** Line ends, which would end the command, are among what is made visible. */
function data(text: string): string {
  return visible(text).replaceAll('%', '%25')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
