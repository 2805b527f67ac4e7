/** What the arguments of `postern revoke` say is revoked. */
import crypto from 'node:crypto'
import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../compiler/model/duration.ts'
import type { DeniedKind, RevokedPlan } from '../contract/plan/revocation.ts'
import type { GatewayPlan } from '../contract/plan.ts'
import { isDenied } from '../contract/revocation-entries.ts'
import { networkName } from '../gateway/feeds/networks.ts'
import { UsageError } from './failures.ts'
import { digestOf, entryForToken, holdsToken, looksLikeToken } from './revoked-token.ts'

export type WhatIsRevoked = {
  readonly issuer?: string
  readonly opaque?: boolean
  readonly client?: string
  readonly user?: string
  readonly kid?: string
  readonly apiKey?: string
  readonly deny?: Denied
  /** Seconds since the epoch. */
  readonly before?: number
  readonly expires?: number
}

/** Seconds after their expiry for which tokens are taken, at the most: an issuer's `clockSkew`. */
const longestSkew = 600

/** Characters of a name that gateways take. */
const longestName = 16 * 1024

/** Whether an option names what is revoked, so that no argument does. */
export function isNamedByOption({ client, user, kid, apiKey, deny }: WhatIsRevoked): boolean {
  return [client, user, kid, apiKey, deny].some((name) => name !== undefined)
}

type Denied = { readonly kind: DeniedKind; readonly name: string }

/** Of `--deny`: `user:mallory`. */
export function parseDenied(text: string): Denied {
  const [, kind, name = ''] = /^(application|user|api|address):(.+)$/s.exec(text) ?? []
  if (kind === undefined)
    throw new InvalidArgumentError('Name whom: application:<id>, user:<name>, api:<title> or address:<address or range>.')
  if (kind === 'address' && networkName(name) === undefined)
    throw new InvalidArgumentError('An address is 192.0.2.1 or 2001:db8::1; a range has /8 to /32, or /16, /20 … /64 with IPv6.')
  return { kind: `denied-${kind as 'application' | 'user' | 'api' | 'address'}`, name }
}

/** What the project says of credentials. */
type Known = Pick<GatewayPlan, 'issuers' | 'apiKeys' | 'apiKeyIssuers'>

/** @param word the argument that names it, or `null`. Throws a UsageError, or a TokenRefusal. */
export async function entryFor(word: string | null, what: WhatIsRevoked, plan: Known, now: number): Promise<RevokedPlan> {
  const { issuer, opaque, client, user, kid, apiKey, deny, before, expires } = what
  const named = (
    [
      ['client', client],
      ['user', user],
      ['key', kid],
      ['api-key', apiKey],
    ] as const
  ).flatMap(([kind, name]) => (name === undefined ? [] : [{ kind, name }]))
  const [option, ...more]: readonly Pick<RevokedPlan, 'kind' | 'name'>[] = deny === undefined ? named : [...named, deny]
  if (more.length > 0 || (option !== undefined && (word !== null || opaque === true)))
    throw new UsageError('Several things are named.', 'Revoke one after the other.')
  const barsEarlier = option?.kind === 'client' || option?.kind === 'user'
  if (before !== undefined && !barsEarlier) throw new UsageError('--before is for --client and --user.', 'Leave it out.')
  const rest = { issuer: issuer ?? null, before: barsEarlier ? (before ?? Math.ceil(now + 1)) : null, expires: expires ?? null }
  if (option !== undefined) {
    if (option.kind === 'api-key' && issuer !== undefined) throw new UsageError('An API key has no issuer.', 'Leave --issuer out.')
    if (isDenied(option.kind) && issuer !== undefined) throw new UsageError('Whom you deny has no issuer.', 'Leave --issuer out.')
    return checked({ ...option, ...rest }, now)
  }
  const text = word === null ? '' : withoutScheme(word)
  if (text === '') throw new UsageError('Nothing is named.', 'Name a token, a jti, or --client, --user, --kid, --api-key or --deny.')
  const apiKeyId = apiKeyIdOf(text, plan)
  if (apiKeyId !== null)
    throw new UsageError('What is named is an API key, whose text bars nothing.', `Name its id: postern revoke --api-key ${apiKeyId}`)
  if (opaque === true) {
    if (issuer !== undefined) throw new UsageError('An opaque token is named by its text alone.', 'Leave --issuer out.')
    if (!/^[\x21-\x7e]+$/.test(text))
      throw new UsageError('No token holds white space, or anything but ASCII.', 'Give its text alone, in one line.')
    return checked({ kind: 'digest', name: digestOf(text), ...rest }, now)
  }
  if (!looksLikeToken(text)) return checked({ kind: 'token', name: text, ...rest }, now)
  if (issuer !== undefined || expires !== undefined)
    throw new UsageError('A token says itself whose it is and when it expires.', 'Leave --issuer and --expires out.')
  return await entryForToken(text, plan, now)
}

/** `null` for what is none, or one with a slow digest. */
function apiKeyIdOf(text: string, { apiKeys }: Known): string | null {
  const hash = crypto.hash('sha256', text, 'hex')
  return apiKeys.find(({ digest }) => digest.kind === 'sha256' && digest.hash === hash)?.id ?? null
}

/** As it stands in an Authorization field, or alone. */
function withoutScheme(word: string): string {
  return word.trim().replace(/^(?:bearer|dpop) +/i, '')
}

function checked(entry: RevokedPlan, now: number): RevokedPlan {
  if (entry.expires !== null && entry.expires + (isDenied(entry.kind) ? 0 : longestSkew) <= now)
    throw new UsageError(
      'What --expires says is over: gateways would not take it.',
      'Say when it will have expired, such as 1h for an hour from now.',
    )
  if (entry.name === '' || entry.name.length > longestName)
    throw new UsageError('The name is empty, or too long.', `It has up to ${longestName} characters.`)
  if (holdsToken(entry.name) || (/^[\w-]+(?:\.[\w-]+){2,}$/.test(entry.name) && entry.name.length > 60))
    throw new UsageError(
      'The name looks like a whole token, or holds most of one.',
      'Give a JWT alone, in one line and without quotes; give it as --opaque, if it is none.',
    )
  return entry
}

/** `direction`: whether a duration is meant from now on (1) or back (-1). Seconds since the epoch, rounded so that more is barred. */
export function timeParser(direction: 1 | -1): (text: string) => number {
  return (text) => {
    const now = Date.now()
    const duration = parseDuration(text)
    if (text === 'now') return Math.ceil(now / 1000) + 1
    if (duration !== null) return Math.ceil((now + direction * duration) / 1000)
    // Fewer digits are seconds of something else.
    if (/^\d{9,11}$/.test(text)) return Number(text)
    const time = /^\d{4}-\d\d-\d\d(?:T|$)/.test(text) ? Date.parse(text) : Number.NaN
    if (Number.isNaN(time))
      throw new InvalidArgumentError('A time is 2026-07-01T12:00:00Z, seconds since the epoch, or a duration such as 1h.')
    return Math.ceil(time / 1000)
  }
}

/** In words. */
export function describeEntry({ kind, name, issuer, before, expires }: RevokedPlan): string {
  const nouns = {
    token: 'jti',
    digest: 'digest',
    client: 'client',
    user: 'user',
    key: 'key',
    'api-key': 'API key',
    'denied-application': 'denied: application',
    'denied-user': 'denied: user',
    'denied-api': 'denied: API',
    'denied-address': 'denied: address',
  } as const satisfies Readonly<Record<RevokedPlan['kind'], string>>
  const time = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
  return [
    `${nouns[kind]} ${name}`,
    ...(issuer === null ? [] : [`of ${issuer}`]),
    ...(before === null ? [] : [`issued before ${time(before)}`]),
    expires === null ? 'without end' : `until ${time(expires)}`,
  ].join(', ')
}
