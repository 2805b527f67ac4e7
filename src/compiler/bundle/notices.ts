/** What stands around the code of gateway.mjs: how it came to be, and the licence of each package that is in it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { posternVersion } from '../../contract/version.ts'
import { packageFolder } from './module-plugin.ts'

export const banner = `// A gateway, built by Postern ${posternVersion}. It does not start when it was altered: change the definition and build again.`

/** Licence texts of the given packages as one comment; they ask to be kept with every copy. */
export function licenceNotices(packages: readonly string[]): string {
  const notices = packages.toSorted().map((name) => `${name}\n\n${licenceOf(name)}`)
  const text = [`Postern's own code is licensed under Apache-2.0.`, ...notices].join('\n\n')
  if (text.includes('*/')) throw new Error('a licence text would end the comment that it stands in')
  return `/*\n${text}\n*/`
}

function licenceOf(name: string): string {
  return readFileSync(join(packageFolder(name), 'LICENSE.md'), 'utf8')
    .replaceAll('\r\n', '\n')
    .trim()
}
