/** A file with a list of revocations: one that a web server gives to feeds of type `list`, or that is baked as a snapshot. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { RevokedPlan } from '../contract/plan/revocation.ts'
import { readEntry } from '../gateway/feeds/read-entry.ts'
import { identityOf, joinedEntry, writtenEntry } from '../gateway/feeds/written-entry.ts'
import { UsageError } from './failures.ts'

/** Seconds for which an entry stays after what it bars has expired: longer than gateways remember it by themselves. */
const afterlife = 900

/**
 * Adds an entry, leaves out what has expired, and puts the file in the place of the old one as a whole.
 * @param now milliseconds since the epoch.
 * @returns how many entries it has, and how many were left out.
 */
export function addToFile(name: string, entry: RevokedPlan, now: number): { readonly entries: number; readonly expired: number } {
  // Where the name is a link, whoever reads the list reads what it leads to.
  const file = existsSync(name) ? realpathSync(name) : name
  if (/\.ya?ml$/i.test(file))
    throw new UsageError(`${file} is YAML, whose comments would be lost.`, 'Keep the list as JSON, which YAML allows.')
  const next = `${file}.new`
  const handle = openNext(next, file)
  try {
    const known = existsSync(file) ? readList(file) : []
    const kept = known.filter(({ read }) => read.expires === null || read.expires + afterlife > now / 1000)
    const same = kept.find(({ read }) => identityOf(read) === identityOf(entry))
    const added = same === undefined ? entry : joinedEntry(same.read, entry)
    const { at, ...rest } = writtenEntry(added, now)
    const lines = [
      ...kept.filter((each) => each !== same).map(({ written }) => JSON.stringify(written)),
      JSON.stringify({ ...rest, at: Math.floor(Number(at)) }),
    ]
    writeFileSync(handle, `[\n${lines.toSorted().join(',\n')}\n]\n`)
    fsyncSync(handle)
    closeSync(handle)
    renameSync(next, file)
    return { entries: lines.length, expired: known.length - kept.length }
  } catch (error) {
    rmSync(next, { force: true })
    throw error
  }
}

/** Two commands at the same time would lose one of the entries: the second one is refused. */
function openNext(next: string, file: string): number {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0o644
  try {
    return openSync(next, 'wx', mode)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new UsageError(`${file} is being written by somebody else.`, `Try again; where nobody is, remove ${next}.`)
    throw error
  }
}

type Known = { readonly written: unknown; readonly read: RevokedPlan }

function readList(file: string): readonly Known[] {
  const list = parsed(file)
  if (!Array.isArray(list))
    throw new UsageError(`${file} is no JSON array of entries.`, 'Name a file that holds one, or that is not there yet.')
  return list.map((written: unknown, index) => {
    const read = readEntry(written)
    if (read === undefined) throw new UsageError(`${file} has an entry that makes no sense, the ${index + 1}th.`, 'Correct it first.')
    return { written, read }
  })
}

function parsed(file: string): unknown {
  const text = readFileSync(file, 'utf8')
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
