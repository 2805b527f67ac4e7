/** All documents on the network that a project names, those among them that others refer to. */
import { examine } from '../../compiler/compile.ts'
import { Diagnostics } from '../../compiler/diagnostics.ts'
import type { Location } from '../../compiler/source/location.ts'
import { exitCodes } from '../exit-codes.ts'
import { Ended, UsageError } from '../failures.ts'
import type { Report } from '../report.ts'
import { asUsageError, fetchDocument } from './fetch-document.ts'

const mostDocuments = 200
/** Requests at a time. */
const atOnce = 4

/** Content by address, sorted. Ends the command where postern.yaml does not say what it names, or a document cannot be had. */
export async function fetchProject(projectFolder: string, report: Report): Promise<ReadonlyMap<string, Buffer>> {
  const contents = new Map<string, Buffer>()
  for (;;) {
    const asked = new Map<string, Location>()
    const { diagnostics } = examine({ projectFolder, now: new Date(), fetched: { contents, asked } })
    const missing = [...asked.keys()].filter((url) => !contents.has(url))
    if (missing.length === 0) {
      endIfInDoubt(diagnostics, report)
      return new Map([...contents].filter(([url]) => asked.has(url)).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    }
    if (contents.size + missing.length > mostDocuments)
      throw new UsageError(
        `The project leads to more than ${mostDocuments} documents on the network.`,
        'Put some of them into the project.',
      )
    await fetchAll(missing, contents, report)
  }
}

/** With a mistake in postern.yaml, it is not known what the project names. What is wrong elsewhere is for `postern check`. */
function endIfInDoubt(diagnostics: Diagnostics, report: Report): void {
  const own = new Diagnostics()
  for (const found of diagnostics.sorted) {
    if (found.severity === 'error' && found.at.file === 'postern.yaml') own.report(found.code, found.at, found.message, found.hint)
  }
  if (!own.hasErrors) return
  report.findings(own)
  report.note('Nothing was locked.')
  throw new Ended(exitCodes.findings)
}

async function fetchAll(urls: readonly string[], contents: Map<string, Buffer>, report: Report): Promise<void> {
  const left = [...urls]
  const fetchNext = async (): Promise<void> => {
    for (let url = left.shift(); url !== undefined; url = left.shift()) {
      report.progress(`fetching ${url}`)
      contents.set(url, await fetchDocument(url))
    }
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, fetchNext))
  } catch (error) {
    throw asUsageError(error)
  } finally {
    report.progress('')
  }
}
