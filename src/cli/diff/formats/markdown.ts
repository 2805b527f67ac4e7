/** Differences as Markdown, for the description of a pull request or a comment on it. */
import { codeSpan, inlineText } from '../../formats/markdown-text.ts'
import { type Difference, differenceClasses } from '../difference.ts'
import { classTitles, grouped, namedSubjects, tallied, writtenAt } from '../grouped.ts'
import type { Compared } from './json.ts'

export function differencesAsMarkdown(differences: readonly Difference[], { before, after }: Compared): string {
  const sections = differenceClasses.flatMap((name) => {
    const groups = grouped(differences.filter((each) => each.class === name))
    if (groups.length === 0) return []
    const rows = groups.map((group) => {
      const places = writtenAt(group)
      return `| ${namedSubjects(group, codeSpan)} | ${inlineText(group.text)} | ${places === '' ? '' : codeSpan(places)} |\n`
    })
    const table = `| What | Difference | Written at |\n|---|---|---|\n${rows.join('')}`
    const title = `${classTitles[name]} (${groups.length})`
    return [name === 'harmless' ? `<details><summary>${title}</summary>\n\n${table}\n</details>\n` : `### ${title}\n\n${table}`]
  })
  const sides = `From ${codeSpan(before.name)} (${codeSpan(before.digest)}) to ${codeSpan(after.name)} (${codeSpan(after.digest)}).`
  return [`## Gateway policy: ${tallied(differences)}\n\n${sides}\n`, ...sections].join('\n')
}
