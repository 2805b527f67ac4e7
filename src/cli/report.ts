/** The only place that prints. Results go to stdout, everything else to stderr; colour only where a person sees it. */
import { relative, sep } from 'node:path'
import { styleText } from 'node:util'
import type { Diagnostics } from '../compiler/diagnostics.ts'
import { diagnosticsAsGithub } from './formats/github.ts'
import { diagnosticsAsJson } from './formats/json.ts'
import { diagnosticsAsSarif } from './formats/sarif.ts'
import { diagnosticsAsText, type Paint, visible } from './formats/text.ts'

export const diagnosticFormats = ['text', 'json', 'github', 'sarif'] as const
export type DiagnosticFormat = (typeof diagnosticFormats)[number]

type Stream = typeof process.stdout | typeof process.stderr

export class Report {
  /** Leaves out what is not a result, a finding or a failure. */
  quiet: boolean = false
  #resultsStopped = false

  /** What the command was run for. */
  result(text: string): void {
    if (!this.#resultsStopped) process.stdout.write(text)
  }

  /** Nobody takes results any more. */
  stopResults(): void {
    this.#resultsStopped = true
  }

  /** What a person may like to know, in whole lines. */
  note(text: string): void {
    if (!this.quiet) process.stderr.write(`${text}\n`)
  }

  /** How far a long command has come: one line that is written over, on terminals only. Empty text takes it away. */
  progress(text: string): void {
    if (!this.quiet && process.stderr.isTTY) process.stderr.write(`\r\u001b[K${visible(text).slice(0, (process.stderr.columns || 80) - 1)}`)
  }

  /** Why a command could not do what it was asked for, and what to do about it. */
  failure(message: string, hint: string): void {
    process.stderr.write(`${paintFor(process.stderr)('red', 'error:')} ${message}\n`)
    if (hint !== '') process.stderr.write(`    ${hint}\n`)
  }

  /** Findings that are not what the command was run for. */
  findings(diagnostics: Diagnostics): void {
    process.stderr.write(diagnosticsAsText(diagnostics, paintFor(process.stderr)))
  }

  /** Findings as the command's result. */
  findingsAsResult(diagnostics: Diagnostics, format: DiagnosticFormat, projectFolder: string): void {
    this.result(this.#formatted(diagnostics, format, projectFolder))
  }

  /** Colour for results, where stdout is a terminal. */
  get paint(): Paint {
    return paintFor(process.stdout)
  }

  /** Text with emphasis where stdout is a terminal. */
  emphasis(text: string): string {
    return styleText('bold', text, { stream: process.stdout })
  }

  #formatted(diagnostics: Diagnostics, format: DiagnosticFormat, projectFolder: string): string {
    const folder = relative(process.cwd(), projectFolder).split(sep).join('/')
    switch (format) {
      case 'text':
        return diagnosticsAsText(diagnostics, paintFor(process.stdout))
      case 'json':
        return diagnosticsAsJson(diagnostics)
      case 'github':
        return diagnosticsAsGithub(diagnostics, folder)
      case 'sarif':
        return diagnosticsAsSarif(diagnostics, folder)
    }
  }
}

/** styleText heeds NO_COLOR, and that a stream is no terminal. */
function paintFor(stream: Stream): Paint {
  return (style, text) => styleText(style, text, { stream })
}
