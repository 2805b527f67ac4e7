/**
 * Files whose content is on the disk before anything goes on. Node denies fsync and its like where its permissions are on (`--permission`, as
 * in images): there such a file is opened so that the disk has each write when it returns (open(2), O_DSYNC).
 */
import fs from 'node:fs'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'

const deniesSync = process.permission !== undefined
const { O_CREAT, O_DSYNC, O_RDWR, O_TRUNC, O_WRONLY } = fs.constants
const eachWrite = deniesSync ? O_DSYNC : 0

/** To write a file anew, and to go on with one that there is. */
export const newFile: number = O_WRONLY | O_CREAT | O_TRUNC | eachWrite
export const existingFile: number = O_RDWR | eachWrite

const datasync = promisify(fs.fdatasync)

/** Resolves when the disk has what was written to a file that was opened with one of these. */
export async function sync(file: number): Promise<void> {
  if (!deniesSync) await datasync(file)
}

export function syncNow(file: number): void {
  if (!deniesSync) fs.fdatasyncSync(file)
}

/** What was renamed there is on the disk; where Node denies that, the file system sees to it in its own time, and until then the old file is there. */
export async function syncFolder(folder: string): Promise<void> {
  if (deniesSync) return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
