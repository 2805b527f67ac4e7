/** Differences as GitHub Actions' workflow commands, which become annotations of the changed files. */
import { workflowCommand } from '../../formats/github.ts'
import type { Difference, DifferenceClass } from '../difference.ts'
import { lineOf } from './place.ts'

const severities: Readonly<Record<DifferenceClass, 'error' | 'warning' | 'notice'>> = {
  weakening: 'error',
  breaking: 'warning',
  capacity: 'notice',
  harmless: 'notice',
}

/** What is harmless is left out: there is room for few annotations. `folder`: the project’s, from the root of the repository. */
export function differencesAsGithub(differences: readonly Difference[], folder: string): string {
  return differences
    .filter((each) => each.class !== 'harmless')
    .map((each) => {
      const { file, line } = lineOf(each, folder)
      return workflowCommand(severities[each.class], { file, line, title: `${each.class} ${each.rule}` }, `${each.of}: ${each.text}.`)
    })
    .join('')
}
