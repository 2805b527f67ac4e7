/**
 * The journal of one source: what it says is appended and synced beside the requests, many changes at once. When there is much in it that
 * counts no more, or something went wrong, it is written anew from the tables, while the gateway goes on. A file that is being written anew
 * takes the old one's place only when all of it is on the disk.
 */
import fs from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { KeptJournal, RestoredEntries } from '../capabilities/revocation-persist.ts'
import type { HashedEntry, KeptSource } from '../revocation/keeper.ts'
import { existingFile, newFile, sync, syncFolder, syncNow } from './durable-file.ts'
import { FrameMaker, headBytes, makeHead, recordBytes, sealFrame } from './journal-format.ts'
import { readJournal } from './read-journal.ts'

const write = promisify(fs.write)
const turn = promisify(setImmediate)

/** Milliseconds in which changes gather before they are written, and after which something that went wrong is tried again. */
const gathering = 20
const again = 10_000

/** Frames that may wait for the disk; with more, the journal is written anew when the disk is there again. */
const mostWaiting = 512

/** Records that count no more, beside as many as count, before it is written anew. */
const spareRecords = 50_000

export type JournalParts = {
  readonly path: string
  readonly hashKey: Uint8Array
  /** Milliseconds after which it is worth a record that the source still knows nothing else. */
  readonly confirmEvery: number
  /** Whether the folder is still this gateway's. */
  readonly holdsFolder: () => Promise<boolean>
  /** Something went wrong; a few words what. */
  readonly failed: (problem: string) => void
}

type Open = { readonly file: number; end: number; checksum: number; readonly mostRecords: number }

export class Journal implements KeptJournal {
  readonly #parts: JournalParts
  readonly #changes: FrameMaker = new FrameMaker()
  /** `null`: it is to be written anew. */
  #open: Open | null = null
  #source: KeptSource | null = null
  /** What is just being written, and what comes after it. */
  #unwritten: Buffer[] = []
  #isRewriting: boolean = false
  #isBusy: boolean = false
  #isOver: boolean = false
  #timer: NodeJS.Timeout | null = null
  #confirmedAt: number | null = null
  #confirmWritten: number = Number.NEGATIVE_INFINITY

  constructor(parts: JournalParts) {
    this.#parts = parts
  }

  /** Reads what there is. Returns as of when (milliseconds since the epoch) it is all that the source knew; `null` where nobody knows. */
  restore(taker: RestoredEntries): number | null {
    const { path, hashKey, failed } = this.#parts
    const file = openIfThere(path)
    if (file === null) return null
    let confirmedAt: number | null = null
    const { size } = fs.fstatSync(file)
    taker.expect(Math.max(0, Math.ceil((size - headBytes) / recordBytes)))
    const reading = readJournal(file, size, hashKey, {
      put: (entry) => taker.put(entry),
      remove: (entry) => taker.remove(entry),
      confirm: (time) => {
        confirmedAt = time
      },
    })
    if (reading.kind === 'refused') {
      fs.closeSync(file)
      failed(`the journal is refused: ${reading.why}`)
      return null
    }
    if (reading.cut > 0) fs.ftruncateSync(file, reading.end)
    this.#open = { file, end: reading.end, checksum: reading.checksum, mostRecords: mostRecordsFor(reading.entries) }
    this.#confirmedAt = confirmedAt
    return confirmedAt
  }

  /** From now on changes are kept. `isAhead`: the file is not what the source has, and is written anew. */
  begin(source: KeptSource, isAhead: boolean): void {
    this.#source = source
    if (isAhead) this.#close()
    if (this.#open === null) this.#wake(gathering)
  }

  put(entry: HashedEntry): void {
    if (this.#keeps) this.#changes.put(entry)
    this.#wake(gathering)
  }

  remove(entry: HashedEntry): void {
    if (this.#keeps) this.#changes.remove(entry)
    this.#wake(gathering)
  }

  confirm(time: number): void {
    this.#confirmedAt = time
    // A clock that was set back is told at once.
    if (time >= this.#confirmWritten && time - this.#confirmWritten < this.#parts.confirmEvery) return
    this.#confirmWritten = time
    if (this.#keeps) this.#changes.confirm(time)
    this.#wake(gathering)
  }

  /** Writes what is left, at once, unless the folder has been lost. */
  end(holdsFolder: boolean): void {
    this.#isOver = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    const open = this.#open
    if (open === null) return
    if (holdsFolder) {
      try {
        if (this.#confirmedAt !== null && this.#keeps) this.#changes.confirm(this.#confirmedAt)
        for (const frame of [...this.#unwritten, ...this.#changes.take(true)]) {
          // One that is half written is written once more, in the same place.
          open.checksum = sealFrame(frame, open.checksum)
          fs.writeSync(open.file, frame, 0, frame.length, open.end)
          open.end += frame.length
        }
        syncNow(open.file)
      } catch (error) {
        this.#parts.failed(wordFor(error))
      }
    }
    if (!this.#isBusy) this.#close()
  }

  /** Whether changes must be written one by one: what is written anew later has them all. */
  get #keeps(): boolean {
    return this.#open !== null || this.#isRewriting
  }

  #wake(delay: number): void {
    if (this.#timer !== null || this.#isBusy || this.#isOver || this.#source === null) return
    this.#timer = setTimeout(() => this.#work(), delay)
    this.#timer.unref()
  }

  async #work(): Promise<void> {
    this.#timer = null
    this.#isBusy = true
    let pause = gathering
    try {
      if (!(await this.#parts.holdsFolder())) throw new LostFolder()
      if (this.#changes.frames > mostWaiting) throw new Error('the disk is too slow')
      if (this.#open !== null) await this.#append(this.#open)
      if (!this.#isOver && (this.#open === null || this.#isLong(this.#open))) await this.#rewrite(this.#source!)
    } catch (error) {
      if (!this.#isOver) this.#failed(error)
      pause = again
    }
    this.#isBusy = false
    if (this.#isOver) return this.#close()
    if (this.#open === null || this.#changes.frames > 0) this.#wake(pause)
  }

  /** Each frame is on the disk before the next one is written. */
  async #append(open: Open): Promise<void> {
    this.#unwritten = this.#changes.take(true)
    for (let frame = this.#unwritten[0]; frame !== undefined; frame = this.#unwritten[0]) {
      const checksum = sealFrame(frame, open.checksum)
      await writeWhole(open.file, frame, open.end)
      await sync(open.file)
      if (this.#isOver) return
      open.checksum = checksum
      open.end += frame.length
      this.#unwritten.shift()
    }
  }

  async #rewrite(source: KeptSource): Promise<void> {
    const { path, hashKey } = this.#parts
    this.#isRewriting = true
    const confirmedAt = this.#confirmedAt
    const file = fs.openSync(`${path}.new`, newFile, 0o600)
    try {
      const { entries } = source
      const head = makeHead(hashKey, entries)
      await writeWhole(file, head.bytes, 0)
      const next: Open = { file, end: headBytes, checksum: head.checksum, mostRecords: mostRecordsFor(entries) }
      const frames = new FrameMaker()
      for (let from = 0; from !== -1; await turn()) {
        from = source.copy(from, (entry) => frames.put(entry))
        if (from === -1 && confirmedAt !== null) frames.confirm(confirmedAt)
        for (const frame of frames.take(from === -1)) {
          next.checksum = sealFrame(frame, next.checksum)
          await writeWhole(file, frame, next.end)
          next.end += frame.length
        }
      }
      await sync(file)
      if (this.#isOver) throw new Error('the gateway ends')
      fs.renameSync(`${path}.new`, path)
      this.#close()
      this.#open = next
    } catch (error) {
      fs.closeSync(file)
      throw error
    } finally {
      this.#isRewriting = false
    }
    await syncFolder(dirname(path))
  }

  #isLong({ end, mostRecords }: Open): boolean {
    return end > headBytes + mostRecords * recordBytes
  }

  #failed(error: unknown): void {
    this.#close()
    this.#changes.clear()
    this.#unwritten = []
    this.#parts.failed(wordFor(error))
    if (error instanceof LostFolder) this.#isOver = true
  }

  #close(): void {
    if (this.#open !== null) fs.closeSync(this.#open.file)
    this.#open = null
  }
}

class LostFolder extends Error {
  constructor() {
    super('another gateway has taken the folder')
  }
}

function mostRecordsFor(entries: number): number {
  return 2 * entries + spareRecords
}

async function writeWhole(file: number, bytes: Buffer, at: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await write(file, bytes, written, bytes.length - written, at + written)
    written += bytesWritten
  }
}

function openIfThere(path: string): number | null {
  try {
    return fs.openSync(path, existingFile)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function wordFor(error: unknown): string {
  if (!(error instanceof Error)) return 'bug'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
