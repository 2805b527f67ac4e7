/** What stands around the code of gateway.mjs: how it came to be, and the licence of each package that is in it. */
import { existsSync, readFileSync } from 'node:fs'
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

/** Packages that come without the text of their licence: the MIT License, with this line of copyright. */
const withoutText: Readonly<Record<string, string>> = { '@redis/client': 'Copyright (c) 2022-2025, Redis, inc.' }

/** The one with the terms comes first. */
const licenceFiles = ['LICENSE.md', 'LICENSE-MIT', 'LICENSE'] as const

function licenceOf(name: string): string {
  const copyright = withoutText[name]
  if (copyright !== undefined) return `MIT License\n\n${copyright}\n\n${mitTerms}`
  const file = licenceFiles.map((each) => join(packageFolder(name), each)).find((path) => existsSync(path))
  if (file === undefined) throw new Error(`the package ${name} comes without the text of its licence`)
  return readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim()
}

const mitTerms = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`
