import type { ExtensionStep } from '../extension.ts'

/** The project's own steps. */
export type ExtensionsPlan = {
  /** Milliseconds for an answer. */
  readonly timeout: number
  /** Files of the project, each of which exports a function of the step's name. */
  readonly modules: readonly { readonly step: ExtensionStep; readonly file: string }[]
}
