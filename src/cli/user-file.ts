/** A file that the user names as an argument. */
import { readFileSync } from 'node:fs'
import { UsageError } from './failures.ts'

/** Its bytes; whatever the file system refuses is told with the file's name. */
export function readUserFile(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    // Node opens a folder like a file, and leaves its name out where reading then fails.
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR') throw new UsageError(`${file} is a folder.`, 'Name a file.')
    throw error
  }
}
