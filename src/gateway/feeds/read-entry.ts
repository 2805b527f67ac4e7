/** Entries as sources write them, in JSON; docs/revocation.md says the same to people. */
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import { deniedBy, isDenied, revokedBy } from '../../contract/revocation-entries.ts'
import type { FedEntry } from '../capabilities/revocation-feed.ts'
import { isJsonObject, ownMember } from '../json-object.ts'
import { networkName } from './networks.ts'
import { wso2Seconds } from './wso2-time.ts'

/** Characters of a name. An opaque token may be as long as a JWT. */
const longestName = 16 * 1024

/** A feed may name an opaque token itself; a file of the project holds none. */
const kinds = { ...revokedBy, ...deniedBy, token: 'token' } as const

const names = Object.keys(kinds) as (keyof typeof kinds)[]

/** Returns undefined for anything that is not exactly one entry: what is doubtful is told, not guessed. */
export function readEntry(value: unknown): FedEntry | undefined {
  if (typeof value === 'string') return tokenNamed(value, null)
  if (!isJsonObject(value)) return undefined
  const member = (name: string): unknown => ownMember(value, name)
  const entry = entryIn(member)
  const at = member('at')
  // A time that makes no sense says nothing about the lag, and takes nothing from the revocation.
  return entry === undefined || typeof at !== 'number' || !(at > 0) ? entry : { ...entry, publishedAt: at * 1000 }
}

function entryIn(member: (name: string) => unknown): RevokedPlan | undefined {
  // WSO2's two versions of its list; their times are milliseconds.
  const wso2 = member('jwt_signature') ?? member('jwtSignature')
  if (wso2 !== undefined) {
    const expiry = member('expiry_time') ?? member('expiryTime')
    const expires = wso2Seconds(expiry)
    // 0 stands for none.
    const isTime = expires !== null || expiry === undefined || expiry === null || (typeof expiry !== 'object' && Number(expiry) === 0)
    return typeof wso2 === 'string' && isTime ? tokenNamed(wso2, expires) : undefined
  }
  const [name, ...more] = names.filter((each) => member(each) !== undefined)
  if (name === undefined || more.length > 0) return undefined
  const text = member(name)
  const issuer = member('iss') ?? null
  const expires = optionalSeconds(member('exp'))
  const before = optionalSeconds(member('before'))
  if (!isName(text) || (issuer !== null && !isName(issuer)) || expires === undefined || before === undefined) return undefined
  const kind = kinds[name]
  const barsEarlier = kind === 'client' || kind === 'user'
  if (barsEarlier !== (before !== null)) return undefined
  if (name === 'signature' || name === 'token') return tokenNamed(text, expires)
  // Issuers have no say in who is denied.
  if (isDenied(kind) && issuer !== null) return undefined
  if (kind === 'denied-address') {
    const network = networkName(text)
    return network === undefined ? undefined : { kind, name: network, issuer, before, expires }
  }
  return { kind, name: text, issuer, before, expires }
}

/**
 * What WSO2 calls a revoked token: a `jti`, the signature of a JWT, a whole JWT of which its signature is taken, or an opaque token. Issuers
 * and digests are no part of it.
 */
export function tokenNamed(text: string, expires: number | null): RevokedPlan | undefined {
  const parts = text.split('.', 4)
  const name = parts.length === 3 ? parts[2]! : text
  return isName(name) ? { kind: 'token', name, issuer: null, before: null, expires } : undefined
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longestName
}

/** `null` where it is absent; undefined where it is no time. */
function optionalSeconds(value: unknown): number | null | undefined {
  return value === undefined || value === null ? null : secondsOf(value)
}

function secondsOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.ceil(value) : undefined
}
