/** The files of a bundle as they lie in its folder, whatever they are. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../failures.ts'

/** Bytes by file name. */
export type BundleContents = ReadonlyMap<string, Buffer>

/** Bytes: far more than a gateway of 10,000 operations, and what a program may read at once without a second thought. */
const mostBytes = 512 * 1024 * 1024
/** Files: a bundle has fewer. */
const mostFiles = 1000

/** Throws a UsageError for a folder that cannot be a bundle: one with links, or with too much in it. */
export function readBundleFolder(folder: string): BundleContents {
  const contents = new Map<string, Buffer>()
  let bytes = 0
  const add = (within: string): void => {
    for (const name of readdirSync(join(folder, within)).toSorted()) {
      const path = within === '' ? name : `${within}/${name}`
      const status = lstatSync(join(folder, path))
      if (status.isDirectory()) {
        add(path)
        continue
      }
      if (!status.isFile()) throw notABundle(folder, `${path} is neither a file nor a folder`)
      bytes += status.size
      if (bytes > mostBytes || contents.size === mostFiles) throw notABundle(folder, 'it holds more than a bundle does')
      contents.set(path, readFileSync(join(folder, path)))
    }
  }
  add('')
  return contents
}

function notABundle(folder: string, why: string): UsageError {
  return new UsageError(`${folder} cannot be verified: ${why}.`, 'Name the folder of a bundle, as `postern build` has written it.')
}
