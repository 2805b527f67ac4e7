import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEnd } from './cleanup.ts'

/** A new folder that is removed at the end of the benchmark. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-bench-'))
  atEnd(() => rm(folder, { recursive: true, force: true }))
  return folder
}
