/**
 * What a Traffic Manager of WSO2 says: on its topic, that a key is throttled or no more, that there is a key template, that somebody is blocked;
 * and in lists of the last two. Everything is held against what it may be: whoever writes there is another program.
 */
import { addressBits } from '../feeds/networks.ts'
import { isJsonObject, ownMember, wordOf } from '../json-object.ts'

/** Addresses from one to another, both included, as bits. `inverted`: all others. */
export type AddressSpan = { readonly from: string; readonly to: string; readonly inverted: boolean }

export type Block =
  | { readonly kind: 'api' | 'application' | 'user' | 'custom'; readonly value: string }
  /** `id`: by which it is taken back. */
  | ({ readonly kind: 'address'; readonly id: string } & AddressSpan)

export type Notice =
  /** `until`: milliseconds since the epoch; 0: it is throttled no more. `conditions`: for whom, encoded; `null`: for everybody. */
  | { readonly kind: 'decision'; readonly key: string; readonly until: number; readonly conditions: string | null }
  | { readonly kind: 'template'; readonly template: string; readonly holds: boolean }
  | { readonly kind: 'block'; readonly block: Block; readonly holds: boolean }

type Fields = Readonly<Record<string, unknown>>

/** Characters of a key, a template and a name; and of conditions. */
const longest = 2_048
const longestConditions = 16_384

/** Undefined for what makes no sense; `other` for what is another tenant's. */
export function readNotice(fields: unknown, tenant: string): Notice | undefined | 'other' {
  if (!isJsonObject(fields)) return undefined
  if (Object.hasOwn(fields, 'throttleKey')) return readDecision(fields)
  if (Object.hasOwn(fields, 'keyTemplateValue')) {
    const template = textIn(fields, 'keyTemplateValue')
    return template === undefined ? undefined : { kind: 'template', template, holds: fields.keyTemplateState === 'add' }
  }
  if (!Object.hasOwn(fields, 'blockingCondition')) return undefined
  const { tenantDomain } = fields
  if (typeof tenantDomain === 'string' && tenantDomain !== '' && tenantDomain !== tenant) return 'other'
  const block = readBlock(fields)
  return block === undefined ? undefined : { kind: 'block', block, holds: wordOf(fields.state) === 'true' }
}

function readDecision(fields: Fields): Notice | undefined {
  const key = textIn(fields, 'throttleKey')
  if (key === undefined) return undefined
  if (wordOf(fields.isThrottled) !== 'true') return { kind: 'decision', key, until: 0, conditions: null }
  const until = Number(wordOf(fields.expiryTimeStamp))
  const { evaluatedConditions: conditions } = fields
  if (!Number.isFinite(until) || until <= 0) return undefined
  if (conditions === undefined || conditions === null || conditions === '') return { kind: 'decision', key, until, conditions: null }
  // What cannot be read confines nothing: the key is throttled for everybody.
  const isText = typeof conditions === 'string' && conditions.length <= longestConditions
  return { kind: 'decision', key, until, conditions: isText ? conditions : null }
}

function readBlock(fields: Fields): Block | undefined {
  const { conditionValue: value } = fields
  switch (fields.blockingCondition) {
    case 'API':
      return namedBlock('api', value)
    case 'APPLICATION':
      return namedBlock('application', value)
    case 'USER':
      return namedBlock('user', value)
    case 'CUSTOM':
      return namedBlock('custom', value)
    case 'IP':
    case 'IPRANGE':
      return addressBlock(spanFields(value), fields.id)
    default:
      return undefined
  }
}

function namedBlock(kind: 'api' | 'application' | 'user' | 'custom', value: unknown): Block | undefined {
  return typeof value === 'string' && value !== '' && value.length <= longest ? { kind, value } : undefined
}

/** Newer versions say it as JSON or as an object, older ones as an address with the tenant in front. */
function spanFields(value: unknown): Fields | undefined {
  if (isJsonObject(value)) return value
  if (typeof value !== 'string' || value.length > longest) return undefined
  if (!value.startsWith('{')) return { fixedIp: addressBits(value) === undefined ? value.slice(value.indexOf(':') + 1) : value }
  try {
    const fields: unknown = JSON.parse(value)
    return isJsonObject(fields) ? fields : undefined
  } catch {
    return undefined
  }
}

function addressBlock(fields: Fields | undefined, id: unknown): Block | undefined {
  if (fields === undefined) return undefined
  const fixed = textIn(fields, 'fixedIp')
  const from = addressBits(fixed ?? textIn(fields, 'startingIp') ?? '')
  const to = addressBits(fixed ?? textIn(fields, 'endingIp') ?? '')
  if (from === undefined || to === undefined || from.length !== to.length) return undefined
  const inverted = wordOf(fields.invert) === 'true'
  const name = typeof id === 'number' || typeof id === 'string' ? String(id).slice(0, 64) : `${from}-${to}-${inverted}`
  return { kind: 'address', id: name, from, to, inverted }
}

/** The answer of `…/keyTemplates`: undefined where it is no list. `rejected` is told of each that makes no sense. */
export function readTemplates(value: unknown, rejected: () => void): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.flatMap((each: unknown) => {
    const text = isJsonObject(each) ? (each.keyTemplateValue ?? each.keyTemplate ?? each.template) : each
    return read(typeof text === 'string' && text !== '' && text.length <= longest ? text : undefined, rejected)
  })
}

const listed = { api: 'api', application: 'application', user: 'user', custom: 'custom' } as const

/** The answer of `…/block`: what is of this tenant. Undefined where it is no object. `rejected` is told of each that makes no sense. */
export function readBlocks(value: unknown, tenant: string, rejected: () => void): readonly Block[] | undefined {
  if (!isJsonObject(value)) return undefined
  const named = Object.entries(listed).flatMap(([name, kind]) =>
    listIn(value, name).flatMap((each) => read(namedBlock(kind, each), rejected)),
  )
  const addresses = listIn(value, 'ip').flatMap((each) => {
    if (!isJsonObject(each)) return read<Block>(undefined, rejected)
    const { tenantDomain } = each
    const isOther = typeof tenantDomain === 'string' && tenantDomain !== '' && tenantDomain !== tenant
    return isOther ? [] : read(addressBlock(each, each.id), rejected)
  })
  // Somebody means that they are blocked, and they are not.
  for (const _ of listIn(value, 'subscription')) rejected()
  return [...named, ...addresses]
}

function read<Made>(made: Made | undefined, rejected: () => void): readonly Made[] {
  if (made !== undefined) return [made]
  rejected()
  return []
}

function listIn(fields: Fields, name: string): readonly unknown[] {
  const list = ownMember(fields, name)
  return Array.isArray(list) ? list : []
}

function textIn(fields: Fields, name: string): string | undefined {
  const value = ownMember(fields, name)
  return typeof value === 'string' && value !== '' && value.length <= longest ? value : undefined
}
