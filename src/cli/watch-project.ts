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
  try {
    while (await changes.next()) yield
  } finally {
    changes.close()
  }
}

class Changes {
  readonly #projectFolder: string
  readonly #out: string
  readonly #watchers: FSWatcher[] = []
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
    for (const watcher of this.#watchers.splice(0)) watcher.close()
    const folders = [this.#projectFolder]
    for (const folder of folders) {
      if (folders.length > mostFolders) break
      // Each is watched before it is read, so that nothing comes between the two.
      try {
        const watcher = watch(folder, (_event, name) => this.#noticed(folder, name))
        this.#watchers.push(watcher)
        watcher.on('error', () => watcher.close())
        folders.push(...foldersIn(folder, this.#out))
      } catch (error) {
        // That a folder went away is noticed by the watch on the one above it.
        if (folder === this.#projectFolder || !isGone(error)) throw error
      }
    }
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

function foldersIn(folder: string, out: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map(({ name }) => join(folder, name))
    .filter((path) => path !== out)
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
