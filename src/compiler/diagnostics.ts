/**
 * What the compiler finds: values with a stable code, a place and a hint. Nothing here prints; `cli/report.ts` does.
 * docs/diagnostics.md documents every code, and a test holds the two together.
 */
import { type DiagnosticCode, diagnosticCodes, type Severity } from './diagnostic-codes.ts'
import type { Location } from './source/location.ts'

export type Diagnostic = {
  readonly code: DiagnosticCode
  readonly severity: Severity
  /** One sentence: what is wrong, with the offending value where it is not a secret. */
  readonly message: string
  readonly at: Location
  /** What to do about it. */
  readonly hint: string
}

/** The most findings that one run reports; a hostile definition must not make an endless report. */
const maximum = 1000

/** Collects what all stages find. */
export class Diagnostics {
  readonly #list: Diagnostic[] = []
  readonly #seen = new Set<string>()
  #suppressed = 0

  /**
   * Adds a finding; the code's table entry gives the severity, and the hint where none is given. What two readers of one place find
   * alike is reported once.
   * @param hint a function, where the hint takes long to find: it is asked only for findings that the report has room for.
   */
  report(code: DiagnosticCode, at: Location, message: string, hint?: string | (() => string | undefined)): void {
    const identity = `${code} ${at.file}:${at.line}:${at.column} ${message}`
    if (this.#seen.has(identity)) return
    if (this.#list.length >= maximum) {
      this.#suppressed++
      return
    }
    this.#seen.add(identity)
    const entry = diagnosticCodes[code]
    const text = typeof hint === 'function' ? hint() : hint
    this.#list.push({ code, severity: entry.severity, message, at, hint: text ?? entry.hint })
  }

  get hasErrors(): boolean {
    return this.#suppressed > 0 || this.#list.some((diagnostic) => diagnostic.severity === 'error')
  }

  /** Findings that did not fit into the report. */
  get suppressed(): number {
    return this.#suppressed
  }

  /** In the order of file, line, column and code, so that two runs give the same report. */
  get sorted(): readonly Diagnostic[] {
    return this.#list.toSorted(
      (a, b) =>
        compareText(a.at.file, b.at.file) ||
        a.at.line - b.at.line ||
        a.at.column - b.at.column ||
        compareText(a.code, b.code) ||
        compareText(a.message, b.message),
    )
  }

  /** Removes findings that a waiver covers, and returns them. Only the waiver stage calls this. */
  remove(covered: (diagnostic: Diagnostic) => boolean): readonly Diagnostic[] {
    const removed = this.#list.filter(covered)
    const kept = this.#list.filter((diagnostic) => !removed.includes(diagnostic))
    this.#list.splice(0, this.#list.length, ...kept)
    return removed
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
