import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** Debian installs servers where a user's PATH does not look. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** The full path of an installed program, or `null`. */
export function findProgram(name: string): string | null {
  for (const folder of [...(process.env.PATH ?? '').split(':'), ...systemFolders]) {
    const candidate = join(folder, name)
    if (folder !== '' && isExecutable(candidate)) return candidate
  }
  return null
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Everything that a short command prints, on both streams, whatever its exit status. */
export function outputOf(program: string, ...words: string[]): string {
  const { stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' })
  return `${stdout ?? ''}${stderr ?? ''}`
}
