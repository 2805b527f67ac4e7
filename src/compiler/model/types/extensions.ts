import type { ExtensionStep } from '../../../contract/extension.ts'
import type { Placed } from './placed.ts'

/** Steps that the project does itself. */
export type Extensions = {
  /** Milliseconds for an answer. */
  readonly timeout: number
  readonly steps: readonly { readonly step: ExtensionStep; readonly file: Placed<string> }[]
  /** Text of every module that they are made of, by its path in the project. */
  readonly modules: ReadonlyMap<string, ProjectModule>
}

/** See ModuleOutline. `imports`: paths of other modules of the project. */
export type ProjectModule = { readonly text: string; readonly digest: string; readonly imports: readonly string[] }
