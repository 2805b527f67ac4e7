/**
 * The capability `revocation-persist`: what feeds have said, in a folder that outlasts the process. Entries are kept as the hashes that they
 * are in the tables, beside the key of these hashes: no name, and no token, is ever written.
 */
import { randomFillSync } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { KeptRevocations, RevocationPersistCapability } from '../capabilities/revocation-persist.ts'
import { settle } from '../settings.ts'
import { FolderLock } from './folder-lock.ts'
import { hashKeyIn } from './hash-key.ts'
import { Journal } from './journal.ts'
import { isJournal, journalNames } from './journal-name.ts'

/** Bytes that tell this process from others. */
const ownerBytes = 16

/** Milliseconds between two records that a source is known to say nothing new: a part of what may be unknown, and neither seldom nor often. */
const [oftenest, seldomest] = [1_000, 10_000]
const partOfAfter = 10

export const revocationPersistCapability: RevocationPersistCapability = async ({ plan, values, shared, warn, atEnd }) => {
  const { revocation } = plan
  if (revocation === null || revocation.persist === null) throw new Error('The plan keeps no revocations.')
  const folder = settle(revocation.persist, values)
  if (folder === '') return null
  if (!isAbsolute(folder)) throw new Error('the folder for revocations (revocation.persist) must be an absolute path')
  const { lock, hashKey } = await openFolder(folder, ownerIn(shared('revocation-folder', makeOwner)))
  const names = journalNames(revocation.feeds, values, hashKey)
  let problems = 0
  const failed = (problem: string): void => {
    problems++
    warn('revocation-persist', problem)
  }
  const confirmEvery = Math.min(seldomest, Math.max(oftenest, Math.min(...revocation.staleRules.map(({ after }) => after)) / partOfAfter))
  const journals = names.map(
    (name, feed) =>
      new Journal({
        path: join(folder, name),
        hashKey,
        confirmEvery,
        holdsFolder: () => lock.holds(),
        failed: (problem) => failed(`feed ${feed}: ${problem}`),
      }),
  )
  await removeOthers(folder, names)
  atEnd(() => {
    const holdsFolder = lock.isHeld()
    for (const journal of journals) journal.end(holdsFolder)
    lock.release()
  })
  const kept: KeptRevocations = {
    hashKey,
    journals,
    get problems() {
      return problems
    },
  }
  return kept
}

async function openFolder(folder: string, owner: string): Promise<{ readonly lock: FolderLock; readonly hashKey: Uint8Array }> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const lock = await FolderLock.take(folder, owner)
    return { lock, hashKey: await hashKeyIn(folder) }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new Error(`the folder for revocations (revocation.persist) cannot be used: ${error.code}`)
  }
}

/** Of feeds that the gateway has no more, and of what was not finished. */
async function removeOthers(folder: string, names: readonly string[]): Promise<void> {
  const others = (await readdir(folder)).filter((name) => isJournal(name) && !names.includes(name))
  for (const name of others) await rm(join(folder, name), { force: true })
}

function makeOwner(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(ownerBytes)
  randomFillSync(new Uint8Array(buffer))
  return buffer
}

function ownerIn(buffer: SharedArrayBuffer): string {
  return Buffer.from(new Uint8Array(buffer)).toString('hex')
}
