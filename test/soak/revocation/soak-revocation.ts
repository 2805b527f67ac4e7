/** `npm run soak:revocation`: tokens are replayed while they are revoked and their sources are in trouble. See docs/revocation.md. */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { moment } from '../../bench/report/circumstances.ts'
import { replaceSection, revocationSoakTitle } from '../../bench/report/document.ts'
import { figure, renderText, type Table, target } from '../../bench/report/table.ts'
import { everySource } from './every-source.ts'
import { bound, staleAfter } from './project.ts'
import { type SourceOutcome, soakSource } from './soak-source.ts'

const usage = `node test/soak/revocation/soak-revocation.ts [options]

  --minutes <number>  for each source (default 1)
  --seed <number>     chooses what happens (default 1)
  --sources <names>   of these, separated by commas: ${everySource.map(({ name }) => name).join(', ')} (default all)
  --measured <number> revocations of each source whose way is measured first (default 200)
  --markdown <file>   also write the outcome into this file, in place of its section about it

Exits with 1 when an answer was wrong, or a gateway did not come back.`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      sources: { type: 'string', default: everySource.map(({ name }) => name).join(',') },
      measured: { type: 'string', default: '200' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const [minutes, seed, measured] = [Number(values.minutes), Number(values.seed), Number(values.measured)]
  const kinds = everySource.filter(({ name }) => values.sources.split(',').includes(name))
  if (values.help || !(minutes > 0) || !(seed >= 0) || !(measured >= 0) || kinds.length === 0) {
    console.log(usage)
    return values.help ? 0 : 2
  }
  const progress = (text: string): void => void process.stderr.write(`${text}\n`)
  const now = moment()
  const outcomes: SourceOutcome[] = []
  const broken: string[] = []
  for (const { name, missing, start } of kinds) {
    if (missing !== false) {
      progress(`${name}: ${missing}`)
      continue
    }
    // What the others showed is not lost with one that does not start.
    const source = await start().catch((error: unknown) => {
      broken.push(`${name}: ${String(error)}`)
      return null
    })
    if (source === null) continue
    try {
      outcomes.push(await soakSource(source, { milliseconds: minutes * 60_000, seed, measured, progress }))
    } finally {
      await source.end()
    }
  }
  const table = tableOf(outcomes, `${figure(minutes)} minutes for each source, seed ${seed}`, now)
  console.log(renderText(table))
  const wrongs = [...outcomes.flatMap(({ wrongs: those }) => those), ...broken]
  for (const wrong of wrongs.slice(0, 50)) console.log(`wrong: ${wrong}`)
  if (values.markdown !== undefined) await writeFile(values.markdown, replaceSection(await readFile(values.markdown, 'utf8'), table))
  return wrongs.length === 0 ? 0 : 1
}

function tableOf(outcomes: readonly SourceOutcome[], circumstances: string, now: string): Table {
  const count = ({ answers }: SourceOutcome, status: number): string => (answers.get(status) ?? 0).toLocaleString('en')
  const quantiles = (delays: readonly number[]): readonly [number, number] => {
    const sorted = delays.toSorted((one, other) => one - other)
    const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
    return [at(0.5), at(0.99)]
  }
  return {
    title: revocationSoakTitle,
    columns: ['source', 'revoked', 'delay p50 ms', 'delay p99 ms', '200', '401', '503', 'troubles', 'wrong'],
    rows: outcomes.map((outcome) => [
      outcome.name,
      outcome.revoked.toLocaleString('en'),
      ...quantiles(outcome.delays).map(figure),
      ...[200, 401, 503].map((status) => count(outcome, status)),
      String([...outcome.troubles.values()].reduce((sum, each) => sum + each, 0)),
      String(outcome.wrongs.length),
    ]),
    notes: [
      `${circumstances}; two gateways with two threads each, \`onStale: { after: ${staleAfter}s, action: deny }\``,
      'delay: from the source’s acknowledgement to a refusal by both gateways, while all is well',
      `wrong: a 200 more than ${bound / 1000} s after the acknowledgement, a 401 for a token that was not revoked, an error in a log, or a gateway that does not come back`,
      ...outcomes.map(({ name, troubles }) => `${name}: ${[...troubles].map(([what, times]) => `${what} ${times}`).join(', ')}`),
      ...outcomes.map(({ name, delays, mostDelay }) => target(`${name}, p99 of the delay in ms`, quantiles(delays)[1], mostDelay)),
      ...outcomes.map(({ name, wrongs }) => target(`${name}, wrong`, wrongs.length, 0)),
      now,
    ],
  }
}

process.exitCode = await main()
