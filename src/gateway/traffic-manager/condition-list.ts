/**
 * For whom a decision holds that a Traffic Manager made for a part of a key's requests. It is told the address that requests come from, and not
 * their fields, parameters and claims: what it asks of those is so for none, as it was when it counted.
 */
import { addressBits } from '../feeds/networks.ts'
import { isJsonObject, wordOf } from '../json-object.ts'
import type { AddressSpan } from './notice.ts'

/** All of a group must hold. `never`: something is asked that no request has. */
export type ConditionGroup = { readonly never: boolean; readonly addresses: readonly AddressSpan[] }

/** More makes a list that cannot be read. */
const mostGroups = 100

/** From base64url of JSON, as the message has it. `null` where it cannot be read. */
export function readConditions(encoded: string): readonly ConditionGroup[] | null {
  const list = decoded(encoded)
  if (!Array.isArray(list) || list.length > mostGroups) return null
  const groups = list.map(readGroup)
  const sound = groups.filter((group) => group !== null)
  return sound.length === groups.length ? sound : null
}

/** @param bits of the address; undefined for one that nobody knows. */
export function holdsFor(groups: readonly ConditionGroup[], bits: string | undefined): boolean {
  return groups.some(({ never, addresses }) => !never && addresses.every((span) => isWithin(span, bits)))
}

export function isWithin({ from, to, inverted }: AddressSpan, bits: string | undefined): boolean {
  const isInside = bits !== undefined && bits.length === from.length && bits >= from && bits <= to
  return isInside !== inverted
}

function readGroup(value: unknown): ConditionGroup | null {
  if (!isJsonObject(value)) return null
  const addresses: AddressSpan[] = []
  for (const name of ['ipspecific', 'iprange']) {
    const condition = value[name]
    if (condition === undefined || condition === null) continue
    const span = isJsonObject(condition) ? readSpan(condition) : null
    if (span === null) return null
    addresses.push(span)
  }
  const unseen = ['header', 'queryparametertype', 'jwtclaims'].map((name) => value[name])
  const never = unseen.some((condition) => isJsonObject(condition) && condition.invert !== true)
  return { never, addresses }
}

function readSpan(condition: Readonly<Record<string, unknown>>): AddressSpan | null {
  const from = bitsIn(condition.specificIp ?? condition.startingIp)
  const to = bitsIn(condition.specificIp ?? condition.endingIp)
  if (from === undefined || to === undefined || from.length !== to.length) return null
  return { from, to, inverted: condition.invert === true }
}

/** Addresses come as numbers, or as people write them. */
function bitsIn(value: unknown): string | undefined {
  const text = wordOf(value)
  if (!/^\d{1,39}$/.test(text)) return addressBits(text)
  const digits = BigInt(text).toString(2)
  if (digits.length > 128) return undefined
  return digits.padStart(digits.length > 32 ? 128 : 32, '0')
}

function decoded(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}
