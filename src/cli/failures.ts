/** The ways in which a command ends early. Whatever else is thrown is a bug. */
import type { ExitCode } from './exit-codes.ts'

/** The user asked for something that cannot be done; the message says what, and the hint what to do instead. */
export class UsageError extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

/** Everything there is to say has been reported. */
export class Ended extends Error {
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode) {
    super(`ended with ${exitCode}`)
    this.exitCode = exitCode
  }
}

/** What the user can do something about when the file system refuses; `null` for anything else. */
export function fileSystemFailure(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null
  const path = 'path' in error && typeof error.path === 'string' ? ` ${error.path}` : ''
  const reason = reasons.get(String(error.code))
  return reason === undefined ? null : `Cannot ${error.syscall}${path}: ${reason}.`
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'not permitted'],
  ['ENOENT', 'it does not exist'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  ['EISDIR', 'it is a folder'],
  ['EEXIST', 'it exists already'],
  ['ENOTEMPTY', 'the folder is not empty'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'no space is left'],
  ['EDQUOT', 'the quota is used up'],
  ['EMFILE', 'too many files are open'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['EXDEV', 'it lies on another file system'],
])
