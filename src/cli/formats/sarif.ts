/** Diagnostics as SARIF 2.1.0 (OASIS), which code-scanning services read. */
import { diagnosticCodes } from '../../compiler/diagnostic-codes.ts'
import type { Diagnostic, Diagnostics } from '../../compiler/diagnostics.ts'
import { inOneLine } from './one-line.ts'
import { sarifLocation, sarifLog } from './sarif-log.ts'
import { sarifText } from './sarif-text.ts'

/** `folder`: the project's, from the root of the repository; empty when it is the root. */
export function diagnosticsAsSarif(diagnostics: Diagnostics, folder: string): string {
  const list = diagnostics.sorted
  const codes = [...new Set(list.map((diagnostic) => diagnostic.code))].toSorted()
  return sarifLog({
    tool: 'Postern',
    rules: codes.map((code) => ({
      id: code,
      help: { text: diagnosticCodes[code].hint },
      defaultConfiguration: { level: diagnosticCodes[code].severity },
    })),
    results: list.map((diagnostic) => result(diagnostic, codes.indexOf(diagnostic.code), folder)),
  })
}

function result({ code, severity, message, hint, at }: Diagnostic, ruleIndex: number, folder: string): unknown {
  const file = folder === '' ? at.file : `${folder}/${at.file}`
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: sarifText(inOneLine(message, hint)) },
    locations: [sarifLocation(file, { startLine: at.line, startColumn: at.column }, at.pointer)],
  }
}
