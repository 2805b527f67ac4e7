/** `npm run soak`: mixed traffic for a long time; wrong answers, memory that grows and what is left open. See docs/benchmarks.md. */
import { readFile, writeFile } from 'node:fs/promises'
import { moment } from '../bench/report/circumstances.ts'
import { replaceSection } from '../bench/report/document.ts'
import { renderText } from '../bench/report/table.ts'
import { judge } from './judge.ts'
import { readOptions, type SoakOptions, usage } from './options.ts'
import { soakTable } from './report.ts'
import { runSoak } from './run-soak.ts'

async function main(): Promise<number> {
  let options: SoakOptions | 'help'
  try {
    options = readOptions(process.argv.slice(2))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 2
  }
  if (options === 'help') {
    console.log(usage)
    return 0
  }
  const now = moment()
  const outcome = await runSoak(options, (text) => process.stderr.write(`${text}\n`))
  const judgements = judge(outcome)
  const made = soakTable(options, outcome, judgements)
  const table = { ...made, notes: [...made.notes, now] }
  console.log(renderText(table))
  for (const { traffic, what } of outcome.sent.wrongs) console.log(`wrong: ${traffic}: ${what}`)
  for (const line of outcome.complaints.slice(0, 20)) console.log(`log: ${line}`)
  if (options.markdown !== null) {
    await writeFile(options.markdown, replaceSection(await readFile(options.markdown, 'utf8'), table))
  }
  return judgements.every(({ holds }) => holds) ? 0 : 1
}

process.exitCode = await main()
