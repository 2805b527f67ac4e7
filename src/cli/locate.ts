/** What the `[project or bundle]` argument of a command stands for. */
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UsageError } from './failures.ts'

export type Target = { readonly kind: 'project' | 'bundle' /** Absolute. */; readonly folder: string }

const projectFile = 'postern.yaml'

/** Where the argument is optional, it says so in these words. */
export const projectArgument = ['[project]', 'folder of the project', '.'] as const
export const targetArgument = ['[project or bundle]', 'folder of a project or of a bundle', '.'] as const

/** `name`: how the user named it. */
export function locate(argument: string, name: string = argument): Target {
  const target = locateIfAny(argument)
  if (target !== null) return target
  throw new UsageError(
    `${name} is not a Postern project: it has no ${projectFile}.`,
    'Name the folder of a project or of a bundle, or make a project with `postern init <dir>`.',
  )
}

/** `null` for a folder that is neither. */
export function locateIfAny(argument: string): Target | null {
  const folder = folderOf(argument)
  if (existsSync(join(folder, projectFile))) return { kind: 'project', folder }
  if (existsSync(join(folder, 'gateway.mjs')) && existsSync(join(folder, 'manifest.json'))) return { kind: 'bundle', folder }
  return null
}

/** The absolute folder of a project. */
export function locateProject(argument: string): string {
  const { kind, folder } = locate(argument)
  if (kind === 'bundle') throw new UsageError(`${argument} is a bundle.`, 'This command needs the project that it was built from.')
  return folder
}

/** The file that makes a folder a project or a bundle stands for the folder. */
function folderOf(argument: string): string {
  const path = resolve(argument)
  const status = statSync(path, { throwIfNoEntry: false })
  if (status === undefined) throw new UsageError(`There is no ${argument}.`, 'Make a project with `postern init <dir>`.')
  if (status.isDirectory()) return path
  if ([projectFile, 'gateway.mjs', 'manifest.json'].includes(basename(path))) return dirname(path)
  throw new UsageError(`${argument} is a file.`, 'Name the folder of a project or of a bundle.')
}
