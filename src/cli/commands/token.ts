/** `postern token`: a signed development token, printed alone; or a new API key, or the digest of a password. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../../compiler/model/duration.ts'
import type { ManifestIssuer } from '../../contract/manifest/issuer.ts'
import type { Manifest } from '../../contract/manifest.ts'
import { makeApiKey, passwordDigest } from '../credential-entry.ts'
import { signToken } from '../development-token.ts'
import { UsageError } from '../failures.ts'
import { locate, locateIfAny, type Target, targetArgument } from '../locate.ts'
import { manifestOf } from '../manifest-of.ts'
import { readSigningKey } from '../private-key.ts'
import { developmentKeyFile } from '../project-scaffold.ts'
import { readPassword } from '../read-password.ts'
import type { AddCommand, Session } from '../session.ts'

type Options = {
  readonly key?: string
  readonly issuer?: string
  readonly audience?: readonly string[]
  readonly subject: string
  readonly client?: string
  readonly scope?: readonly string[]
  readonly claim?: ReadonlyMap<string, unknown>
  /** Milliseconds. */
  readonly expires: number
  readonly apiKey?: boolean
  readonly id: string
  readonly consumer?: string
  readonly password?: boolean
}

export const addToken: AddCommand = (program, session) => {
  program
    .command('token')
    .summary('sign a development token')
    .description('Signs a token for trying a gateway out, and prints it alone. Issuer, audience and key id are those of the project.')
    .argument(...targetArgument)
    .option('--key <file>', `private key, PEM or JWK (default: ${developmentKeyFile} of the project)`)
    .option('--issuer <iss>', 'issuer (default: the one that has the key)')
    .option('--audience <aud>', 'audience, may be repeated (default: the first that the issuer’s tokens may have)', collect)
    .option('--subject <sub>', 'subject', 'developer')
    .option('--client <id>', 'client id, in the claim that the project names')
    .option('--scope <scope>', 'scope, may be repeated or hold several', collect)
    .option('--claim <name=value>', 'any claim, may be repeated; the value is JSON, or else text', collectClaim)
    .addOption(
      new Option('--expires <duration>', 'lifetime such as 90s, 5m, 1h or 1d; negative for an expired token')
        .argParser(parseLifetime)
        .default(parseLifetime('1h'), '1h'),
    )
    .addOption(new Option('--api-key', 'make an API key instead, and its entry for api-keys.yaml').conflicts('password'))
    .option('--id <id>', 'id of the API key', 'new-key')
    .option('--consumer <name>', 'whose API key it is (default: its id)')
    .option('--password', 'make the digest of a password instead, for users.yaml; it is read from the terminal or stdin')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern token --scope books:read\n  $ postern token --claim \'keytype="SANDBOX"\' --expires 5m\n  $ postern token --api-key --id partner-1\n  $ postern token --password\n  $ curl -H "Authorization: Bearer $(postern token)" http://127.0.0.1:8080/',
    )
    .action((target: string, options: Options) => token(target, options, session))
}

async function token(argument: string, options: Options, { report }: Session): Promise<void> {
  if (options.apiKey === true) return apiKey(options, report)
  if (options.password === true) return report.result(`${passwordDigest(await readPassword((text) => report.note(text)))}\n`)
  const { key, issuer, audience } = options
  // Who says everything needs no project.
  const target = key !== undefined && issuer !== undefined && audience !== undefined ? locateIfAny(argument) : locate(argument)
  const signing = await readSigningKey(key ?? developmentKey(target, argument))
  const origin = target === null ? unknownOrigin(options) : originIn(await manifestOf(target, report), options, signing.thumbprint)
  if (target !== null && origin.key === null)
    report.note(
      origin.fetched
        ? `The keys of ${origin.issuer} are fetched while the gateway runs: whether one fits the private key is not known here.`
        : `No key of ${origin.issuer} fits the private key: the gateway will refuse the token.`,
    )

  const claims = new Map<string, unknown>()
  if (options.scope !== undefined) claims.set(origin.claims.scope, options.scope.join(' '))
  if (options.client !== undefined) {
    claims.set(origin.claims.client, options.client)
    if (origin.profile === 'at+jwt') claims.set('client_id', options.client)
  }
  for (const [name, value] of options.claim ?? []) claims.set(name, value)
  const signed = await signToken(signing, origin.key, {
    issuer: origin.issuer,
    profile: origin.profile,
    audience: audience ?? origin.audience,
    subject: options.subject,
    now: Math.floor(Date.now() / 1000),
    lifetime: Math.trunc(options.expires / 1000),
    claims,
  })
  report.result(`${signed}\n`)
}

/** The key is the result, so that it can be piped to whoever keeps it; nobody can print it again. */
function apiKey({ id, consumer, scope = [] }: Options, report: Session['report']): void {
  const scopes = scope.flatMap((words) => words.split(' ').filter((word) => word !== ''))
  const { key, entry } = makeApiKey(id, consumer, scopes)
  report.result(`${key}\n`)
  report.note(`The key is printed this once. Its entry, for \`keys\` in api-keys.yaml:\n${entry.trimEnd()}`)
}

function developmentKey(target: Target | null, argument: string): string {
  const file = join(target?.folder ?? '', developmentKeyFile)
  if (!existsSync(file)) throw new UsageError(`${argument} has no ${developmentKeyFile}.`, 'Name a private key with --key.')
  return file
}

/** Whose token it is to be. */
type Origin = {
  readonly issuer: string
  readonly audience: readonly string[]
  /** The issuer's key that fits; `null` when none does. */
  readonly key: ManifestIssuer['keys'][number] | null
  /** Its keys are known to the running gateway alone. */
  readonly fetched: boolean
  readonly profile: ManifestIssuer['profile']
  readonly claims: Pick<ManifestIssuer['claims'], 'scope' | 'client'>
}

function unknownOrigin({ issuer = '', audience = [] }: Options): Origin {
  return { issuer, audience, key: null, fetched: false, profile: 'jwt', claims: { scope: 'scope', client: 'azp' } }
}

/** The issuer that is asked for, else the one that has the key, else the only one. */
function originIn({ name, issuers }: Manifest, { issuer: wanted }: Options, thumbprint: string): Origin {
  const origins = issuers.map(({ issuer, audiences, claims, keys, fetchedKeys, profile }): Origin => {
    const key = keys.find((candidate) => candidate.thumbprint === thumbprint) ?? null
    return { issuer, audience: audiences === 'any' ? [name] : audiences.slice(0, 1), claims, key, fetched: fetchedKeys !== null, profile }
  })
  const [first] = origins
  if (first === undefined) throw new UsageError('The project has no issuer whose tokens it takes.', 'Add one to `issuers` in postern.yaml.')
  // A name that the project does not know makes a token that must be refused: that is worth trying, too.
  if (wanted !== undefined) return origins.find(({ issuer }) => issuer === wanted) ?? { ...first, issuer: wanted, fetched: false }
  const origin = origins.find(({ key }) => key !== null) ?? (origins.length === 1 ? first : undefined)
  if (origin === undefined) throw new UsageError('No issuer of the project has this key.', 'Say with --issuer whose token it is to be.')
  return origin
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}

function collectClaim(text: string, previous: ReadonlyMap<string, unknown> = new Map()): ReadonlyMap<string, unknown> {
  const end = text.indexOf('=')
  if (end < 1) throw new InvalidArgumentError('A claim is written name=value.')
  return new Map([...previous, [text.slice(0, end), jsonOrText(text.slice(end + 1))]])
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function parseLifetime(text: string): number {
  const milliseconds = parseDuration(text.replace(/^-/, ''))
  if (milliseconds === null) throw new InvalidArgumentError('A duration is a number with ms, s, m, h or d.')
  return text.startsWith('-') ? -milliseconds : milliseconds
}
