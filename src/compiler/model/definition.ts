/** A definition that is being read: what the readers of its parts share. */
import type { Diagnostics } from '../diagnostics.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { AuthorityFiles } from './authorities.ts'
import type { SettingsCollector } from './setting-text.ts'
import type { HttpLimits, Timeouts } from './types/bounds.ts'
import type { Placed } from './types/placed.ts'
import type { ApiEntry } from './types/project-file.ts'
import type { SecurityScheme } from './types/security.ts'

/** What the project says about an API, and for all of them. */
export type ApiContext = {
  readonly entry: ApiEntry
  readonly limits: HttpLimits
  readonly timeouts: Timeouts
  readonly settings: SettingsCollector
  readonly authorities: AuthorityFiles
}

/** Where extensions may stand: in the root, a Path Item or an Operation. */
export type Level = 'root' | 'path' | 'operation'

/** What OpenAPI 3 and Swagger 2.0 say differently. */
export type Dialect = {
  readonly name: string
  /** Keys of the root that only the other one has. */
  readonly foreignKeys: readonly string[]
  /** Swagger's `examples` hold plain data; those of OpenAPI 3 are Example Objects, which may be referred to. */
  readonly examplesAreData: boolean
  /** The object that declares security schemes by name. */
  readonly securitySchemes: (root: ObjectNode) => SourceNode | null
  readonly readScheme: (scheme: ObjectNode, access: NodeAccess) => SecurityScheme | null
  /**
   * The URL of the first server that is written at a level, perhaps relative, its variables replaced by their defaults. `refused` where
   * one is written and cannot be read, which is reported.
   */
  readonly server: (holder: ObjectNode, definition: Definition) => Placed<string> | 'refused' | null
}

export type Definition = {
  readonly root: ObjectNode
  readonly dialect: Dialect
  /** `info.title` and `info.version`. */
  readonly title: string
  readonly version: string
  readonly project: ApiContext
  readonly diagnostics: Diagnostics
  /** Reads what OpenAPI defines, and reports `invalid-definition`. */
  readonly access: NodeAccess
  /** Reads vendor extensions, and reports `invalid-extension`. */
  readonly extensions: NodeAccess
  /** What `x-wso2-endpoints` names. */
  readonly endpoints: ReadonlyMap<string, SourceNode>
  /** The value behind a `$ref`; `null` where there is none, which is reported. */
  readonly follow: (node: SourceNode) => SourceNode | null
  /** The objects whose extensions have been checked, as they stand at a level. */
  readonly levels: Set<ObjectNode>
}
