/** Differences as SARIF 2.1.0 (OASIS), which code-scanning services read. */
import { sarifLocation, sarifLog } from '../../formats/sarif-log.ts'
import { sarifText } from '../../formats/sarif-text.ts'
import type { Difference, DifferenceClass } from '../difference.ts'
import { classTitles } from '../grouped.ts'
import { lineOf } from './place.ts'

const levels: Readonly<Record<DifferenceClass, 'error' | 'warning' | 'note'>> = {
  weakening: 'error',
  breaking: 'warning',
  capacity: 'note',
  harmless: 'note',
}

/** `folder`: the project’s, from the root of the repository; empty when it is the root. */
export function differencesAsSarif(differences: readonly Difference[], folder: string): string {
  const ids = [...new Set(differences.map(idOf))].toSorted()
  return sarifLog({
    tool: 'Postern diff',
    rules: ids.map((id) => {
      const found = id.slice(0, id.indexOf('/')) as DifferenceClass
      return {
        id,
        shortDescription: { text: `${classTitles[found]}: ${id.slice(found.length + 1)}` },
        defaultConfiguration: { level: levels[found] },
      }
    }),
    results: differences.map((each) => result(each, ids.indexOf(idOf(each)), folder)),
  })
}

function idOf({ class: found, rule }: Difference): string {
  return `${found}/${rule}`
}

function result(difference: Difference, ruleIndex: number, folder: string): unknown {
  const { file, line } = lineOf(difference, folder)
  return {
    ruleId: idOf(difference),
    ruleIndex,
    level: levels[difference.class],
    message: { text: sarifText(`${difference.of}: ${difference.text}.`) },
    locations: [sarifLocation(file, { startLine: line }, difference.rule)],
  }
}
