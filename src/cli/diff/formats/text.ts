/** Differences for people at a terminal. */
import { type Paint, visible } from '../../formats/text.ts'
import { type Difference, type DifferenceClass, differenceClasses } from '../difference.ts'
import { classTitles, grouped, namedSubjects, writtenAt } from '../grouped.ts'

const colours: Readonly<Record<DifferenceClass, Parameters<Paint>[0]>> = {
  weakening: 'red',
  breaking: 'red',
  capacity: 'yellow',
  harmless: 'dim',
}

export function differencesAsText(differences: readonly Difference[], paint: Paint): string {
  return differenceClasses
    .map((name) => {
      const groups = grouped(differences.filter((each) => each.class === name))
      const lines = groups.map((group) => {
        const places = writtenAt(group)
        const line = `  ${visible(namedSubjects(group, visible))}: ${visible(group.text)}\n`
        return places === '' ? line : `${line}      ${paint('dim', visible(places))}\n`
      })
      return lines.length === 0 ? '' : `${paint(colours[name], classTitles[name])}\n${lines.join('')}`
    })
    .filter((section) => section !== '')
    .join('\n')
}
