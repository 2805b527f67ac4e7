/** Diagnostics for people: `file:line:column severity code message`, and the hint below. */
import type { Diagnostic, Diagnostics } from '../../compiler/diagnostics.ts'
import { counted } from '../counted.ts'

/** How parts of the text look on the terminal that it goes to. */
export type Paint = (style: 'red' | 'yellow' | 'dim', text: string) => string

export function diagnosticsAsText(diagnostics: Diagnostics, paint: Paint): string {
  return diagnostics.sorted.map((diagnostic) => `${line(diagnostic, paint)}\n`).join('')
}

/** `2 errors, 1 warning`, or `no findings`. */
export function tally(diagnostics: Diagnostics): string {
  const severities = diagnostics.sorted.map((diagnostic) => diagnostic.severity)
  const errors = severities.filter((severity) => severity === 'error').length
  const warnings = severities.length - errors
  const parts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
    ...(diagnostics.suppressed > 0 ? [`${diagnostics.suppressed} more findings not shown`] : []),
  ]
  return parts.length === 0 ? 'no findings' : parts.join(', ')
}

function line({ at, severity, code, message, hint }: Diagnostic, paint: Paint): string {
  const place = `${at.file}:${at.line}:${at.column}`
  return `${visible(place)} ${paint(severity === 'error' ? 'red' : 'yellow', severity)} ${code} ${visible(message)}\n    ${paint('dim', `hint: ${visible(hint)}`)}`
}

/** Definitions are strangers' text: nothing in them may steer a terminal, reorder what it shows or be there unseen. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu, (character) => {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`
  })
}
