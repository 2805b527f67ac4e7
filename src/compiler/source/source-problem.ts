/** What ends the reading of a file: a syntax error, or a bound that is crossed. Thrown and caught inside this folder only. */
import type { DiagnosticCode } from '../diagnostic-codes.ts'
import type { Diagnostics } from '../diagnostics.ts'
import { pointerBelow, type Spot } from './located-nodes.ts'

export class SourceProblem extends Error {
  readonly code: DiagnosticCode
  readonly spot: Spot

  constructor(code: DiagnosticCode, message: string, spot: Spot) {
    super(message)
    this.code = code
    this.spot = spot
  }
}

/** @returns `null` where reading ended early, which is reported. */
export function readOrReport<Result>(diagnostics: Diagnostics, read: () => Result): Result | null {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof SourceProblem)) throw error
    const { source, offset, parent, step } = error.spot
    diagnostics.report(error.code, source.locate(offset, pointerBelow(parent, step)), error.message)
    return null
  }
}
