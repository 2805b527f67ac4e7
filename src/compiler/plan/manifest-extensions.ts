/** The project's own steps, as the manifest tells them. */
import type { Manifest } from '../../contract/manifest.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Project } from '../model/model.ts'
import type { Extensions } from '../model/types/extensions.ts'
import { reference } from './source-reference.ts'

export function manifestExtensions({ extensions: own }: Project, { extensions }: GatewayPlan): Manifest['extensions'] {
  if (own === null || extensions === null) return null
  return {
    timeoutMilliseconds: extensions.timeout,
    modules: extensions.modules.map(({ step, file }) => ({
      step,
      file,
      digest: own.modules.get(file)!.digest,
      imports: importedBy(file, own.modules).map((each) => ({ file: each, digest: own.modules.get(each)!.digest })),
      at: reference(own.steps.find((each) => each.step === step)!.file.at),
    })),
  }
}

/** All that a module brings with it, by name. */
function importedBy(file: string, modules: Extensions['modules']): readonly string[] {
  const found = new Set([file])
  for (const each of found) for (const path of modules.get(each)!.imports) found.add(path)
  found.delete(file)
  return [...found].toSorted()
}
