/** Diagnostics for programs. */
import type { Diagnostics } from '../../compiler/diagnostics.ts'

export function diagnosticsAsJson(diagnostics: Diagnostics): string {
  const list = diagnostics.sorted.map(({ severity, code, message, hint, at }) => ({ severity, code, message, hint, ...at }))
  const errors = list.filter((diagnostic) => diagnostic.severity === 'error').length
  const warnings = list.length - errors
  return `${JSON.stringify({ format: 1, errors, warnings, suppressed: diagnostics.suppressed, diagnostics: list }, null, 2)}\n`
}
