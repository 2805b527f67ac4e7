/**
 * Which backend an operation's requests go to. The nearest level that names one wins: operation, path, root. At each level what an
 * extension says goes before `servers` (or `host`). The project's `backend` and `sandboxBackend` replace what the root says, and
 * `backend` all `servers` at every level, since those are for clients, who now call the gateway. Sandbox backends are never taken from
 * `servers`.
 */
import type { SettingText } from '../../contract/plan.ts'
import type { Definition } from './definition.ts'
import type { LevelSettings } from './level-settings.ts'
import type { Placed } from './model.ts'
import { parseSettingText } from './setting-text.ts'

export class Backends {
  readonly #definition: Definition
  readonly #root: LevelSettings
  /** A setting becomes the operator's business only where its backend is used, so a text is read when it is chosen. */
  readonly #read = new Map<Placed<string>, Placed<SettingText> | null>()
  readonly #servers = new Map<LevelSettings, ReturnType<Definition['dialect']['server']>>()

  constructor(definition: Definition, root: LevelSettings) {
    this.#definition = definition
    this.#root = root
  }

  production(path: LevelSettings, operation: LevelSettings): Placed<SettingText> | null {
    const { backend } = this.#definition.project.entry
    if (backend !== null) return this.#text(operation.production ?? path.production) ?? backend
    return this.#text(this.#atLevel(operation) ?? this.#atLevel(path) ?? this.#atLevel(this.#root))
  }

  sandbox(path: LevelSettings, operation: LevelSettings): Placed<SettingText> | null {
    const { sandboxBackend } = this.#definition.project.entry
    const nearer = operation.sandbox ?? path.sandbox
    return nearer === null && sandboxBackend !== null ? sandboxBackend : this.#text(nearer ?? this.#root.sandbox)
  }

  /** Whether a backend is given for the operation, and cannot be read. Meant for an operation that got none. */
  isRefused(path: LevelSettings, operation: LevelSettings): boolean {
    if (this.#definition.project.entry.backendRefused) return true
    return [operation, path, this.#root].some(
      (level) => level.backendRefused || this.#server(level) === 'refused' || this.#holdsBadSetting(level),
    )
  }

  #holdsBadSetting(level: LevelSettings): boolean {
    return [this.#atLevel(level), level.sandbox].some((url) => url !== null && this.#read.get(url) === null)
  }

  #atLevel(level: LevelSettings): Placed<string> | null {
    const server = this.#server(level)
    return level.production ?? (server === 'refused' ? null : server)
  }

  /** A relative server names a path at the gateway, and no backend. */
  #server(level: LevelSettings): ReturnType<Definition['dialect']['server']> {
    const known = this.#servers.get(level)
    if (known !== undefined) return known
    const server = this.#definition.dialect.server(level.node, this.#definition)
    const absolute = server !== null && (server === 'refused' || /^(?:[a-z][a-z0-9+.-]*:|\$\{)/i.test(server.value)) ? server : null
    this.#servers.set(level, absolute)
    return absolute
  }

  #text(url: Placed<string> | null): Placed<SettingText> | null {
    if (url === null) return null
    const known = this.#read.get(url)
    if (known !== undefined) return known
    const { project, title, diagnostics } = this.#definition
    const value = parseSettingText(url.value, url.at, `backend of ${title}`, project.settings, diagnostics)
    const text = value === null ? null : { value, at: url.at }
    this.#read.set(url, text)
    return text
  }
}
