/** Diagnostics as SARIF 2.1.0 (OASIS), which code-scanning services read. */
import { diagnosticCodes } from '../../compiler/diagnostic-codes.ts'
import type { Diagnostic, Diagnostics } from '../../compiler/diagnostics.ts'
import { posternVersion } from '../../contract/version.ts'
import { inOneLine } from './one-line.ts'
import { sarifText } from './sarif-text.ts'

/** `folder`: the project's, from the root of the repository; empty when it is the root. */
export function diagnosticsAsSarif(diagnostics: Diagnostics, folder: string): string {
  const list = diagnostics.sorted
  const codes = [...new Set(list.map((diagnostic) => diagnostic.code))].toSorted()
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Postern',
            semanticVersion: posternVersion,
            rules: codes.map((code) => ({
              id: code,
              help: { text: diagnosticCodes[code].hint },
              defaultConfiguration: { level: diagnosticCodes[code].severity },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: list.map((diagnostic) => result(diagnostic, codes.indexOf(diagnostic.code), folder)),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

function result({ code, severity, message, hint, at }: Diagnostic, ruleIndex: number, folder: string): unknown {
  const file = folder === '' ? at.file : `${folder}/${at.file}`
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: sarifText(inOneLine(message, hint)) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
          region: { startLine: at.line, startColumn: at.column },
        },
        logicalLocations: [{ fullyQualifiedName: at.pointer }],
      },
    ],
  }
}
