/** What all logs of SARIF 2.1.0 (OASIS) have in common: one run of one tool, and places in files. */
import { posternVersion } from '../../contract/version.ts'

export type SarifRun = { readonly tool: string; readonly rules: readonly unknown[]; readonly results: readonly unknown[] }

export function sarifLog({ tool, rules, results }: SarifRun): string {
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: tool, semanticVersion: posternVersion, rules } }, columnKind: 'utf16CodeUnits', results }],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

/** `name`: of what is meant there, as a tool's own words have it. */
export function sarifLocation(file: string, region: { readonly startLine: number; readonly startColumn?: number }, name: string): unknown {
  return {
    physicalLocation: { artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') }, region },
    logicalLocations: [{ fullyQualifiedName: name }],
  }
}
