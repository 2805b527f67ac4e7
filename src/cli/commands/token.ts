/** `postern token`: a signed development token, printed alone. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../../compiler/model/duration.ts'
import type { Manifest, ManifestIssuer } from '../../contract/manifest.ts'
import { signToken } from '../development-token.ts'
import { UsageError } from '../failures.ts'
import { locate, targetArgument } from '../locate.ts'
import { manifestOf } from '../manifest-of.ts'
import { readSigningKey } from '../private-key.ts'
import { developmentKeyFile } from '../project-scaffold.ts'
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
    .option('--expires <duration>', 'lifetime such as 90s, 5m, 1h or 1d; negative for an expired token', parseLifetime, parseLifetime('1h'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern token --scope books:read\n  $ postern token --claim \'keytype="SANDBOX"\' --expires 5m\n  $ curl -H "Authorization: Bearer $(postern token)" http://127.0.0.1:8080/',
    )
    .action((target: string, options: Options) => token(target, options, session))
}

async function token(argument: string, options: Options, { report }: Session): Promise<void> {
  const target = locate(argument)
  const file = options.key ?? join(target.folder, developmentKeyFile)
  if (options.key === undefined && !existsSync(file)) {
    throw new UsageError(`${argument} has no ${developmentKeyFile}.`, 'Name a private key with --key.')
  }
  const signing = await readSigningKey(file)
  const manifest = await manifestOf(target, report)
  const { issuer, key } = chooseIssuer(manifest, options.issuer, signing.thumbprint)
  if (key === null) report.note(`No key of ${issuer.issuer} fits the private key: the gateway will refuse the token.`)

  const claims = new Map<string, unknown>()
  if (options.scope !== undefined) claims.set(issuer.claims.scope, options.scope.join(' '))
  if (options.client !== undefined) claims.set(issuer.claims.client, options.client)
  for (const [name, value] of options.claim ?? []) claims.set(name, value)
  const signed = await signToken(signing, key, {
    issuer: issuer.issuer,
    audience: options.audience ?? (issuer.audiences === 'any' ? [manifest.name] : issuer.audiences.slice(0, 1)),
    subject: options.subject,
    now: Math.floor(Date.now() / 1000),
    lifetime: Math.trunc(options.expires / 1000),
    claims,
  })
  report.result(`${signed}\n`)
}

type Choice = { readonly issuer: ManifestIssuer; readonly key: ManifestIssuer['keys'][number] | null }

/** The issuer that is asked for, else the one that has the key, else the only one. */
function chooseIssuer({ issuers }: Manifest, wanted: string | undefined, thumbprint: string): Choice {
  const choices = issuers.map((issuer) => ({ issuer, key: issuer.keys.find((key) => key.thumbprint === thumbprint) ?? null }))
  const [first] = choices
  if (first === undefined) throw new UsageError('The project has no issuer whose tokens it takes.', 'Add one to `issuers` in postern.yaml.')
  // A name that the project does not know makes a token that must be refused: that is worth trying, too.
  if (wanted !== undefined)
    return choices.find(({ issuer }) => issuer.issuer === wanted) ?? { issuer: { ...first.issuer, issuer: wanted }, key: first.key }
  const choice = choices.find(({ key }) => key !== null) ?? (choices.length === 1 ? first : undefined)
  if (choice === undefined) throw new UsageError('No issuer of the project has this key.', 'Say with --issuer whose token it is to be.')
  return choice
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
