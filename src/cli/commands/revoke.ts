/** `postern revoke`: publishes a revocation to the project's feeds, or adds it to a file. */
import { text as textOf } from 'node:stream/consumers'
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { isDenied } from '../../contract/revocation-entries.ts'
import { writtenEntry } from '../../gateway/feeds/written-entry.ts'
import { exitCodes } from '../exit-codes.ts'
import { Ended, UsageError } from '../failures.ts'
import { type PublishableFeed, publish, publishable, settingsOf } from '../feed-publisher.ts'
import { locateProject } from '../locate.ts'
import { planOf } from '../planned-project.ts'
import { describeEntry, entryFor, isNamedByOption, parseDenied, timeParser, type WhatIsRevoked } from '../revocation-arguments.ts'
import { addToFile } from '../revoked-file.ts'
import { TokenRefusal } from '../revoked-token.ts'
import type { AddCommand, Session } from '../session.ts'
import { table } from '../table.ts'

type Options = WhatIsRevoked & { readonly feed?: string; readonly file?: string; readonly json?: boolean }

export const addRevoke: AddCommand = (program, session) => {
  program
    .command('revoke')
    .summary('publish a revocation to the feeds')
    .description('Publishes a revocation to the feeds of a project. A token is verified first; its text is not published.')
    .argument('[token or jti]', 'a JWT, a jti, or - to read it from stdin; nothing where an option names what is revoked')
    .argument('[project]', 'folder of the project', '.')
    .option('--issuer <iss>', 'whose jti, client, user or key it is (default: any)')
    .option('--opaque', 'the argument is an opaque token; its digest is published')
    .option('--client <id>', 'everything that was issued to a client')
    .option('--user <name>', 'everything that was issued to a user')
    .option('--kid <id>', 'everything that a key has signed')
    .option('--api-key <id>', 'an API key')
    .option('--deny <whom>', 'callers, whatever they show: application:<id>, user:<name>, api:<title>, address:<range>', parseDenied)
    .option('--before <time>', 'of a client or user: what was issued earlier (default: now)', timeParser(-1))
    .option('--expires <time>', 'when it has expired by itself, or a duration from now on', timeParser(1))
    .option('--feed <type or number>', 'only to these feeds of the project')
    .option('--file <file>', 'add it to a JSON list of revocations as well')
    .option('--json', 'print what became of it as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern revoke - < token.txt\n  $ postern revoke 5f2c7a --issuer https://idp.example.com --expires 1h\n  $ postern revoke --user mallory --expires 1d\n  $ postern revoke --api-key partner-7 --feed etcd',
    )
    .action((word: string | undefined, project: string, options: Options) => revoke(word, project, options, session))
}

async function revoke(word: string | undefined, project: string, options: Options, { report }: Session): Promise<void> {
  const isNamed = isNamedByOption(options)
  if (isNamed && word !== undefined && project !== '.') throw new UsageError('Several things are named.', 'Revoke one after the other.')
  const plan = planOf(locateProject(isNamed ? (word ?? '.') : project), report)
  const feeds = chosenFeeds(plan, options)
  const values = settingsOf(
    feeds.map(({ feed }) => feed),
    plan,
  )
  const named = isNamed ? null : word === '-' ? (await textOf(process.stdin)).trim() : (word ?? null)
  const entry = await entryFor(named, options, plan, Date.now() / 1000).catch((error: unknown) => refuse(error, options, report))
  for (const doubt of doubts(entry, plan)) report.note(doubt)

  const outcomes: Outcome[] = []
  if (options.file !== undefined) outcomes.push({ at: options.file, ...addToFile(options.file, entry, Date.now()) })
  outcomes.push(
    ...(await Promise.all(feeds.map(async ({ feed, index }) => ({ at: index, type: feed.kind, ...(await publish(entry, feed, values)) })))),
  )
  report.result(
    options.json === true ? `${JSON.stringify({ entry: writtenEntry(entry, Date.now()), outcomes }, null, 2)}\n` : inWords(entry, outcomes),
  )
  const failed = outcomes.filter((outcome) => 'published' in outcome && !outcome.published).length
  if (failed === 0) return
  report.failure(`${failed} of ${feeds.length} feeds did not acknowledge the revocation.`, 'Publish it again: twice does no harm.')
  throw new Ended(exitCodes.unavailable)
}

type Outcome =
  | { readonly at: number; readonly type: string; readonly published: true }
  | { readonly at: number; readonly type: string; readonly published: false; readonly problem: string }
  | { readonly at: string; readonly entries: number; readonly expired: number }

function inWords(entry: RevokedPlan, outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    if ('entries' in outcome) return ['file', outcome.at, `${outcome.entries} entries, ${outcome.expired} left out that had expired`]
    return [`feed ${outcome.at}`, outcome.type, outcome.published ? 'acknowledged' : `not acknowledged: ${outcome.problem}`]
  })
  return `${describeEntry(entry)}\n${table(rows)}`
}

type ChosenFeed = { readonly feed: PublishableFeed; readonly index: number }

/** Those that can be written to, of those that are asked for. */
function chosenFeeds({ revocation }: GatewayPlan, { feed: wanted, file }: Options): readonly ChosenFeed[] {
  const all = (revocation?.feeds ?? []).map((feed, index) => ({ kind: feed.kind, feed: publishable(feed), index }))
  const chosen = all.filter(({ kind, index }) => wanted === undefined || wanted === kind || wanted === String(index))
  const found = chosen.flatMap(({ feed, index }) => (feed === null ? [] : [{ feed, index }]))
  if (found.length > 0) return found
  if (wanted !== undefined && chosen.length === 0)
    throw new UsageError(`The project has no feed ${wanted}.`, 'Name its type, or its place in postern.yaml, from 0.')
  if (wanted !== undefined || file === undefined)
    throw new UsageError(
      chosen.length === 0 ? 'The project has no feed of revocations.' : 'A list is read only.',
      'Add it to the file that the web server gives out, with --file, or add a feed that can be published to.',
    )
  return []
}

/** What the project does not know may be known to others that follow the same feeds. */
function doubts({ kind, name, issuer, expires }: RevokedPlan, plan: GatewayPlan): readonly string[] {
  const { issuers, apiKeys, apiKeyIssuers, revocation } = plan
  const ofKeys = apiKeyIssuers.some((each) => each.issuer === issuer)
  const isFetched = issuers.some(({ fetchedKeys }) => fetchedKeys !== null)
  const isKey = isFetched || [...issuers, ...apiKeyIssuers].some(({ keys }) => keys.some(({ kid }) => kid === name || kid === null))
  return [
    ...(issuer !== null && !ofKeys && !issuers.some((each) => each.issuer === issuer) ? ['The project has no issuer of that name.'] : []),
    ...(kind === 'key' && !isKey ? ['No issuer of the project has a key of that id.'] : []),
    ...(kind === 'api-key' && !apiKeys.some(({ id }) => id === name) ? ['The project has no API key of that id.'] : []),
    ...(isDenied(kind) && revocation?.denies !== true ? ['The project does not let feeds deny callers: `revocation.deny`.'] : []),
    ...(expires === null && kind !== 'key' && kind !== 'api-key' && !ofKeys
      ? ['It has no end: say --expires, so that nobody has to take it away.']
      : []),
  ]
}

function refuse(error: unknown, { json }: Options, report: Session['report']): never {
  if (!(error instanceof TokenRefusal)) throw error
  if (json === true) report.result(`${JSON.stringify({ refused: { code: error.code, message: error.message } }, null, 2)}\n`)
  report.failure(`${error.code}: ${error.message}`, error.hint)
  throw new Ended(exitCodes.findings)
}
