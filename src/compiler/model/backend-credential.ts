/** `credential` of a backend: as what the gateway makes itself known to it. */
import type { BackendCredentialPlan, DigestAlgorithm } from '../../contract/plan/backend-credential.ts'
import type { SettingText } from '../../contract/plan/setting.ts'
import type { Location } from '../source/location.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { AuthorityFiles } from './authorities.ts'
import { grantText, readGrant, settleGrant, type WrittenGrant } from './client-credentials.ts'
import { credentialField } from './credential-field.ts'
import { placedText } from './placed-text.ts'
import { readSecret } from './secret.ts'
import type { Settle } from './setting-text.ts'
import type { BackendCredential } from './types/backend.ts'
import type { Placed } from './types/placed.ts'

/** Its settings become the operator's business only where it is used. */
export type WrittenCredential = {
  readonly kind: BackendCredentialPlan['kind']
  /** Texts that may hold settings, by the plan's names for them. */
  readonly texts: Readonly<Record<string, Placed<string>>>
  readonly algorithms: readonly DigestAlgorithm[]
  readonly place: { readonly in: 'header' | 'query'; readonly name: string } | null
  /** Of the kind `client-credentials` alone. */
  readonly grant: WrittenGrant | null
  readonly at: Location
}

const kinds = { basic: 'basic', digest: 'digest', apiKey: 'api-key', clientCredentials: 'client-credentials' } as const

/** The strongest first. */
const digestAlgorithms = ['SHA-512-256', 'SHA-256', 'MD5'] as const satisfies readonly DigestAlgorithm[]
/** MD5 is used where the project says so. */
const usualAlgorithms: readonly DigestAlgorithm[] = ['SHA-512-256', 'SHA-256']

const nothingMore = { algorithms: [], place: null, grant: null, texts: {} } as const

export function readCredential(node: SourceNode, access: NodeAccess, files: AuthorityFiles): WrittenCredential | null {
  const object = access.object(node)
  if (object === null) return null
  access.checkKeys(object, Object.keys(kinds))
  const named = (Object.keys(kinds) as (keyof typeof kinds)[]).filter((name) => object.entries.has(name))
  const [name, second] = named
  if (name === undefined || second !== undefined || object.entries.size !== 1)
    return access.refuse(object, '`credential` must have exactly one of `basic`, `digest`, `apiKey` and `clientCredentials`')
  const content = access.object(entry(object, name)!)
  if (content === null) return null
  if (name === 'basic') return readPair(content, 'basic', ['user', 'password'], access)
  if (name === 'digest') return readDigest(content, access)
  if (name === 'apiKey') return readApiKey(content, access)
  const grant = readGrant(content, access, files)
  return grant === null ? null : { ...nothingMore, kind: 'client-credentials', grant, at: content.at }
}

/** What WSO2's `securityConfig` says. `algorithms`: what WSO2's backends use. */
export function passwordCredential(
  kind: 'basic' | 'digest',
  user: Placed<string>,
  password: Placed<string>,
  at: Location,
): WrittenCredential {
  return { ...nothingMore, kind, texts: { user, password }, algorithms: kind === 'digest' ? digestAlgorithms : [], at }
}

function readPair(
  node: ObjectNode,
  kind: 'basic' | 'digest',
  keys: readonly string[],
  access: NodeAccess,
  algorithms: readonly DigestAlgorithm[] = [],
): WrittenCredential | null {
  access.checkKeys(node, keys)
  const user = access.required(node, 'user', (value) => placedText(value, access))
  const password = access.required(node, 'password', (value) => readSecret(value, access))
  return user === null || password === null ? null : { ...nothingMore, kind, texts: { user, password }, algorithms, at: node.at }
}

function readDigest(node: ObjectNode, access: NodeAccess): WrittenCredential | null {
  const algorithms = access.optional(node, 'algorithms', (value) => readAlgorithms(value, access))
  const pair = readPair(node, 'digest', ['user', 'password', 'algorithms'], access, algorithms ?? usualAlgorithms)
  return algorithms === null && node.entries.has('algorithms') ? null : pair
}

function readAlgorithms(node: SourceNode, access: NodeAccess): readonly DigestAlgorithm[] | null {
  const list = access.array(node)
  const read = list?.items.map((item) => access.oneOf(item, digestAlgorithms)) ?? []
  if (list === null || read.includes(null)) return null
  if (read.length === 0) return access.refuse(list, '`algorithms` is empty')
  return digestAlgorithms.filter((algorithm) => read.includes(algorithm))
}

function readApiKey(node: ObjectNode, access: NodeAccess): WrittenCredential | null {
  access.checkKeys(node, ['header', 'query', 'key'])
  const key = access.required(node, 'key', (value) => readSecret(value, access))
  const header = access.optional(node, 'header', (value) => readField(value, access))
  const query = access.optional(node, 'query', (value) => readParameter(value, access))
  if (node.entries.has('header') === node.entries.has('query'))
    return access.refuse(node, '`apiKey` must have one of `header` and `query`', 'Say where the backend looks for the key.')
  const place =
    header === null ? (query === null ? null : ({ in: 'query', name: query } as const)) : ({ in: 'header', name: header } as const)
  return key === null || place === null ? null : { ...nothingMore, kind: 'api-key', texts: { key }, place, at: node.at }
}

function readField(node: SourceNode, access: NodeAccess): string | null {
  const name = access.text(node)
  if (name === null) return null
  return credentialField(name) ?? access.refuse(node, '`header` must be the name of a field that has no other meaning')
}

function readParameter(node: SourceNode, access: NodeAccess): string | null {
  const name = access.text(node)
  if (name === null || /^[A-Za-z0-9._-]{1,64}$/.test(name)) return name
  return access.refuse(node, '`query` must be the name of a parameter: letters, digits, `.`, `_` and `-`')
}

/** The credential with its settings found and collected; `null` where one is malformed, which is reported. */
export function settleCredential(written: WrittenCredential, usedFor: string, settle: Settle): BackendCredential | null {
  const { grant, at } = written
  if (grant !== null) {
    const settled = settleGrant(grant, usedFor, settle)
    return settled === null ? null : { ...settled, at }
  }
  const settled = new Map(
    Object.entries(written.texts).map(([name, text]) => [name, settle(text, `${name === 'key' ? 'API key' : name} for ${usedFor}`)]),
  )
  const texts = new Map([...settled].flatMap(([name, text]) => (text === null ? [] : [[name, text] as const])))
  if (texts.size < settled.size) return null
  return { plan: planOf(written, (name) => texts.get(name)!), tls: null, at }
}

function planOf(written: WrittenCredential, text: (name: string) => SettingText): BackendCredentialPlan {
  const { kind, algorithms, place } = written
  if (kind === 'basic') return { kind, user: text('user'), password: text('password') }
  if (kind === 'digest') return { kind, user: text('user'), password: text('password'), algorithms }
  return { kind: 'api-key', in: place!.in, name: place!.name, key: text('key') }
}

/** The same text for the same credential. */
export function credentialText({ kind, texts, algorithms, place, grant }: WrittenCredential): string {
  const values = Object.entries(texts).map(([name, { value }]) => [name, value])
  return JSON.stringify([kind, values, algorithms, place, grant === null ? null : grantText(grant)])
}
