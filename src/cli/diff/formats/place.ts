/** The line of the new project that a difference is shown at. */
import type { Difference } from '../difference.ts'

export type Line = { readonly file: string; readonly line: number }

/** What is gone stands where it was; what is written nowhere, at the head of the project. `folder`: the project’s; may be empty. */
export function lineOf({ before, after }: Difference, folder: string): Line {
  const [, file = 'postern.yaml', line = '1'] = /^(.*):(\d+)$/s.exec(after ?? before ?? '') ?? []
  return { file: folder === '' ? file : `${folder}/${file}`, line: Number(line) }
}
