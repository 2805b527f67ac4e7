/**
 * One gateway a folder: a file that names its owner and is touched again and again. One that is not touched for a while was left behind by a
 * gateway that ended without a word. Only changes are looked at, never the time of day, so that clocks may differ; and no process ids, which
 * mean nothing between containers.
 */
import { readFileSync, rmSync } from 'node:fs'
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds between two touches, and touches that may be missing. */
const standardBeat = 1_000
const missing = 3

export class FolderLock {
  readonly #path: string
  readonly #owner: string
  readonly #beat: NodeJS.Timeout

  private constructor(path: string, owner: string, beat: number) {
    this.#path = path
    this.#owner = owner
    this.#beat = setInterval(() => this.#touch(), beat)
    this.#beat.unref()
  }

  /** `owner`: of all threads of this process, and of no other. Rejects where another gateway has the folder. */
  static async take(folder: string, owner: string, beat: number = standardBeat): Promise<FolderLock> {
    const path = join(folder, 'lock')
    for (;;) {
      if (await isCreated(path, owner)) break
      const known = await lookAt(path)
      if (known === null) continue
      if (known.owner === owner) break
      if (!(await isLeftBehind(path, known, beat * missing)))
        throw new Error(`another gateway keeps its revocations in ${folder}: give each gateway a folder of its own`)
      await putAside(path, `${path}.${owner}`, known.owner)
    }
    const lock = new FolderLock(path, owner, beat)
    if (await lock.holds()) return lock
    clearInterval(lock.#beat)
    throw new Error(`another gateway has just begun to keep its revocations in ${folder}`)
  }

  /** Whether it is still this gateway's: one that was stopped for a while may have lost it. */
  async holds(): Promise<boolean> {
    return (await lookAt(this.#path))?.owner === this.#owner
  }

  /** The same at once, for the end. */
  isHeld(): boolean {
    return ownerIn(this.#path) === this.#owner
  }

  release(): void {
    clearInterval(this.#beat)
    if (this.isHeld()) rmSync(this.#path, { force: true })
  }

  async #touch(): Promise<void> {
    const now = Date.now() / 1000
    if (await this.holds().catch(() => false)) await utimes(this.#path, now, now).catch(() => {})
  }
}

type Look = { readonly owner: string; readonly touched: number }

async function isCreated(path: string, owner: string): Promise<boolean> {
  try {
    await writeFile(path, owner, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function lookAt(path: string): Promise<Look | null> {
  try {
    return { owner: await readFile(path, 'latin1'), touched: (await stat(path)).mtimeMs }
  } catch (error) {
    return unlessMissing(error)
  }
}

/** Another gateway may have come to the same conclusion, and have taken the folder already: then it keeps it. */
async function putAside(path: string, aside: string, owner: string): Promise<void> {
  await rename(path, aside).catch(unlessMissing)
  const found = ownerIn(aside)
  if (found !== null && found !== owner) await link(aside, path).catch(() => {})
  await rm(aside, { force: true })
}

/** Whether nothing happens to it for so many milliseconds. */
async function isLeftBehind(path: string, known: Look, patience: number): Promise<boolean> {
  await pause(patience)
  const now = await lookAt(path)
  return now === null || (now.owner === known.owner && now.touched === known.touched)
}

function ownerIn(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}

function unlessMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null
  throw error
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null
}
