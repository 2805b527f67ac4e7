/** Each entry of the deny list, made true for a request that would pass without it. */
import type { Manifest } from '../../contract/manifest.ts'
import { type Carried, emptyHanded } from './callers.ts'
import { ownStepOf, refused } from './case-makers.ts'
import type { Place, Planned } from './test-case.ts'

/** A condition as the manifest words it. */
type Condition = { readonly negated: boolean; readonly kind: string; readonly name: string; readonly values: readonly string[] }

type Denial = { readonly planned: Planned /** `null` where nothing is sent. */; readonly place: Place | null }

export async function denialCases({ deny }: Manifest, places: readonly Place[]): Promise<readonly Denial[]> {
  const denials: Denial[] = []
  for (const { conditions, at } of deny) denials.push(await denial(`on the deny list (${at})`, conditions.map(readCondition), places))
  return denials
}

async function denial(test: string, conditions: readonly Condition[], places: readonly Place[]): Promise<Denial> {
  for (const place of places) {
    const carried = await carriedTo(place, conditions)
    if (carried !== null) return { planned: refused(place, test, carried, 'caller-blocked'), place }
  }
  return { planned: { kind: 'not-tried', test, why: 'no request of this command meets its conditions' }, place: null }
}

/** `null` where something of it cannot be made true here. What stands below `not` is never true of these requests, but of methods and APIs. */
async function carriedTo(place: Place, conditions: readonly Condition[]): Promise<Carried | null> {
  const { operation, ways, callers } = place
  const [way] = ways
  if (way === undefined || ownStepOf(place) !== null || operation.upgrade !== null) return null
  const issuer = way.needs.has('token') ? callers.manifest.issuers.findIndex((each) => each.issuer === way.issuers[0]) : null
  const names = issuer === null ? null : (callers.manifest.issuers[issuer]?.claims ?? null)
  const claims: Record<string, unknown> = {}
  const query: string[] = []
  const fields: string[] = []
  let address: string | null = null
  for (const { negated, kind, name, values } of conditions) {
    const [value] = values
    if (value === undefined) return null
    if (kind === 'api' || kind === 'method') {
      if (values.includes(kind === 'api' ? operation.api : operation.method) === negated) return null
    } else if (negated) continue
    else if (kind === 'address') address = value.split('/')[0] ?? null
    else if (kind === 'header') fields.push(`${name}: ${value}`)
    else if (kind === 'query') query.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    else if (names === null) return null
    else if (kind === 'claim') claims[name] = value
    else if (kind === 'user') claims[names.subject] = value
    else if (kind === 'application') claims[names.application] = value
    else return null
  }
  const carried = way.needs.size === 0 ? emptyHanded : await callers.carry(place, way, issuer, { claims })
  if ('why' in carried || (address !== null && carried.address !== null)) return null
  return { ...carried, fields: [...carried.fields, ...fields], query: [...carried.query, ...query], address: address ?? carried.address }
}

/** `any` value will do where the manifest says so. */
function readCondition(text: string): Condition {
  const negated = text.startsWith('not ')
  const [, kind = '', rest = ''] = /^(\S+) (.*)$/s.exec(negated ? text.slice(4) : text) ?? []
  if (!['header', 'query', 'claim'].includes(kind)) return { negated, kind, name: '', values: readList(rest) }
  const [whole = '', name = ''] = /^("(?:[^"\\]|\\.)*"|.*?): /s.exec(rest) ?? []
  return { negated, kind, name: unquoted(name), values: readList(rest.slice(whole.length)) }
}

function readList(text: string): readonly string[] {
  return [...text.matchAll(/("(?:[^"\\]|\\.)*"|.*?)(?:, |$)/gsy)].flatMap(([whole, item]) =>
    whole === '' || item === undefined ? [] : [unquoted(item)],
  )
}

/** What would be mistaken for something else, the manifest quotes. */
function unquoted(text: string): string {
  const read: unknown = text.startsWith('"') ? JSON.parse(text) : text
  return typeof read === 'string' ? read : text
}
