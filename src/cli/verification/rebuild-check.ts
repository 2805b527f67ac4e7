/** Whether building a project again gives the bytes of a bundle: then nothing but its inputs and Postern is in it. */
import { digestOf, hexOf } from '../../compiler/digest.ts'
import { signatureFile } from '../../contract/signature-file.ts'
import { compileProject } from '../compiled-project.ts'
import type { Report } from '../report.ts'
import type { BundleContents } from './bundle-contents.ts'
import { type Check, failed, notAsked, passed } from './check.ts'

const name = 'rebuild'

/**
 * What is wrong with the project ends the command.
 * @param project its folder; `null` where the user has named none.
 * @param part which of a bundle's files there must be; `null` for all.
 */
export async function rebuildCheck(
  contents: BundleContents,
  project: string | null,
  part: readonly string[] | null,
  report: Report,
): Promise<Check> {
  if (project === null) return notAsked(name, 'held against no project: name it with --rebuild')
  const { files } = await compileProject(project, report)
  const rebuilt = new Map(Object.entries(files).map(([file, content]) => [file, hexOf(digestOf(content))]))
  const names = new Set([...(part ?? rebuilt.keys()), ...contents.keys()])
  names.delete(signatureFile)
  const different = [...names].filter((file) => {
    const content = contents.get(file)
    return content === undefined || hexOf(digestOf(content)) !== rebuilt.get(file)
  })
  if (different.length === 0) return passed(name, `the same bytes in ${names.size} files`)
  return failed(name, `other bytes: ${different.toSorted().join(', ')}${changedInputs(contents, files['manifest.json'])}`)
}

/** Which of the documents are not those of the bundle: the usual reason. */
function changedInputs(contents: BundleContents, manifest: string): string {
  const [before, now] = [inputsOf(contents.get('manifest.json')?.toString('utf8') ?? ''), inputsOf(manifest)]
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter((file) => before.get(file) !== now.get(file))
  return changed.length === 0
    ? '; the same inputs, so that another version of Postern or esbuild has built it, or a hand has'
    : `; of other inputs: ${changed.join(', ')}`
}

function inputsOf(manifest: string): ReadonlyMap<string, string> {
  try {
    const { inputs } = JSON.parse(manifest) as { readonly inputs?: unknown }
    return new Map(Array.isArray(inputs) ? inputs.map(({ file, digest }) => [String(file), String(digest)]) : [])
  } catch {
    return new Map()
  }
}
