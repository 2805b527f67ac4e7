/** What happens in a project's folder, as a sequence of changes. */
import { type FSWatcher, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { temporaryPrefix } from '../compiler/package/write-bundle.ts'

/** Editors write a file in several strokes; what belongs together is one change. */
const quietMilliseconds = 60

/** A project is a few folders; this many are a mistake, such as something large unpacked below it. */
const mostFolders = 500

/**
 * Watches from now on, and yields when something changed, until `stopped`; what changes while the consumer is busy is one change more.
 * Watched is every folder of the project but `out` (absolute), hidden ones and node_modules.
 */
export function projectChanges(projectFolder: string, out: string, stopped: AbortSignal): AsyncIterable<void> {
  const changes = new Changes(projectFolder, out)
  stopped.addEventListener('abort', () => changes.close(), { once: true })
  return untilClosed(changes)
}

async function* untilClosed(changes: Changes): AsyncGenerator<void> {
  while (await changes.next()) yield
}

class Changes {
  readonly #projectFolder: string
  readonly #out: string
  #watchers: readonly FSWatcher[] = []
  #timer: NodeJS.Timeout | undefined
  #changed = false
  #closed = false
  #wake: () => void = () => {}

  constructor(projectFolder: string, out: string) {
    this.#projectFolder = projectFolder
    this.#out = out
    this.#watch()
  }

  /** Resolves with true after a change, and with false when it is closed. */
  async next(): Promise<boolean> {
    while (!this.#changed && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#changed = false
    // New folders are watched before the project is read, so that no change falls between the two.
    if (!this.#closed) this.#watch()
    return !this.#closed
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    for (const watcher of this.#watchers) watcher.close()
    this.#wake()
  }

  #watch(): void {
    for (const watcher of this.#watchers) watcher.close()
    this.#watchers = foldersBelow(this.#projectFolder, this.#out).map((folder) => {
      const watcher = watch(folder, (_event, name) => this.#noticed(folder, name))
      // That a watched folder went away is noticed by the watch on the one above it.
      watcher.on('error', () => watcher.close())
      return watcher
    })
  }

  #noticed(folder: string, name: string | null): void {
    if (name !== null && (name.startsWith(temporaryPrefix) || join(folder, name) === this.#out)) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#changed = true
      this.#wake()
    }, quietMilliseconds)
  }
}

function foldersBelow(projectFolder: string, out: string): readonly string[] {
  const folders = [projectFolder]
  for (const folder of folders) {
    if (folders.length > mostFolders) break
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      const skipped = entry.name.startsWith('.') || entry.name === 'node_modules' || path === out
      if (entry.isDirectory() && !skipped) folders.push(path)
    }
  }
  return folders
}
