/**
 * Which backend an operation's requests go to. The nearest level that names one wins: operation, path, root. At each level what an
 * extension says goes before `servers` (or `host`). The project's `backend` and `sandboxBackend` replace what the root says, and
 * `backend` all `servers` at every level, since those are for clients, who now call the gateway. Sandbox backends are never taken from
 * `servers`.
 */
import type { Definition } from './definition.ts'
import type { LevelSettings } from './level-settings.ts'
import type { Backend } from './types/backend.ts'
import type { Placed } from './types/placed.ts'
import { plainBackend, settleBackend, type WrittenBackend } from './written-backend.ts'

type Server = Placed<WrittenBackend> | 'refused' | null

export class Backends {
  readonly #definition: Definition
  readonly #root: LevelSettings
  /** A setting becomes the operator's business only where its backend is used, so a backend is settled when it is chosen. */
  readonly #read = new Map<Placed<WrittenBackend>, Placed<Backend> | null>()
  readonly #servers = new Map<LevelSettings, Server>()

  constructor(definition: Definition, root: LevelSettings) {
    this.#definition = definition
    this.#root = root
  }

  production(path: LevelSettings, operation: LevelSettings): Placed<Backend> | null {
    const { backend } = this.#definition.project.entry
    if (backend !== null) return this.#settled(operation.production ?? path.production) ?? backend
    return this.#settled(this.#atLevel(operation) ?? this.#atLevel(path) ?? this.#atLevel(this.#root))
  }

  sandbox(path: LevelSettings, operation: LevelSettings): Placed<Backend> | null {
    const { sandboxBackend } = this.#definition.project.entry
    const nearer = operation.sandbox ?? path.sandbox
    return nearer === null && sandboxBackend !== null ? sandboxBackend : this.#settled(nearer ?? this.#root.sandbox)
  }

  /** Whether a backend is given for the operation, and cannot be read. Meant for an operation that got none. */
  isRefused(path: LevelSettings, operation: LevelSettings): boolean {
    if (this.#definition.project.entry.backendRefused) return true
    return [operation, path, this.#root].some(
      (level) => level.backendRefused || this.#server(level) === 'refused' || this.#holdsBadSetting(level),
    )
  }

  #holdsBadSetting(level: LevelSettings): boolean {
    return [this.#atLevel(level), level.sandbox].some((backend) => backend !== null && this.#read.get(backend) === null)
  }

  #atLevel(level: LevelSettings): Placed<WrittenBackend> | null {
    const server = this.#server(level)
    return level.production ?? (server === 'refused' ? null : server)
  }

  /** A relative server names a path at the gateway, and no backend. */
  #server(level: LevelSettings): Server {
    const known = this.#servers.get(level)
    if (known !== undefined) return known
    const server = this.#definition.dialect.server(level.node, this.#definition)
    const isAbsolute = server !== null && server !== 'refused' && /^(?:[a-z][a-z0-9+.-]*:|\$\{)/i.test(server.value)
    const backend = server === 'refused' ? server : isAbsolute ? plainBackend(server) : null
    this.#servers.set(level, backend)
    return backend
  }

  #settled(written: Placed<WrittenBackend> | null): Placed<Backend> | null {
    if (written === null) return null
    const known = this.#read.get(written)
    if (known !== undefined) return known
    const { project, title, diagnostics } = this.#definition
    const backend = settleBackend(written, `backend of ${title}`, project.settings, diagnostics)
    this.#read.set(written, backend)
    return backend
  }
}
