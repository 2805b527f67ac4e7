/** Finds an API key where the definition says that it is, and takes it away from what is forwarded. */
import type { ApiKeyPlace } from '../../contract/plan/security.ts'
import type { Exchange } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'

/** There is more than one. */
export const several: unique symbol = Symbol('several')

/** The key's text; `null` where there is none. Fields are taken away by the head, where all credentials are. */
export type TakeKey = (exchange: Exchange) => string | null | typeof several

export function takeKeyFrom({ in: where, name }: ApiKeyPlace, fields: RequestFields): TakeKey {
  switch (where) {
    case 'header': {
      const slot = fields.slot(name)
      return ({ head }) => head.value(slot) ?? null
    }
    case 'query':
      return (exchange) => takeFromQuery(exchange, name)
    case 'cookie': {
      const slot = fields.slot('cookie')
      return (exchange) => takeFromCookies(exchange, name, slot)
    }
  }
}

/** Everything else of the query stays byte for byte. */
function takeFromQuery(exchange: Exchange, name: string): ReturnType<TakeKey> {
  const { query } = exchange
  if (query === '') return null
  let found: string | null = null
  const kept: string[] = []
  for (const pair of query.slice(1).split('&')) {
    const equals = pair.indexOf('=')
    if (decoded(equals === -1 ? pair : pair.slice(0, equals)) !== name) {
      kept.push(pair)
      continue
    }
    if (found !== null) return several
    found = equals === -1 ? '' : (decoded(pair.slice(equals + 1)) ?? '')
  }
  if (found !== null) exchange.query = kept.length === 0 ? '' : `?${kept.join('&')}`
  return found
}

/** RFC 6265 §4.2.1; every line counts, as HTTP/2 may split them (RFC 9113 §8.2.3). */
function takeFromCookies({ head }: Exchange, name: string, slot: number): ReturnType<TakeKey> {
  const lines = head.occurrences(slot)
  if (lines === 0) return null
  if (lines === 1) {
    const { key, others } = readCookies(head.value(slot)!, name)
    if (typeof key !== 'string') return key
    const place = placeOf(head.forwarded, head.value(slot)!)
    if (place !== null) {
      head.forwarded = `${head.forwarded.slice(0, place.start)}${others}${head.forwarded.slice(place.end)}`
      return key
    }
  }
  let found: string | null = null
  let twice = false
  const forwarded = head.forwarded.replaceAll(/^cookie:(.*)\r\n/gim, (line: string, value: string) => {
    const { key, others } = readCookies(value, name)
    if (key === null) return line
    twice ||= found !== null || key === several
    found = key === several ? null : key
    return others
  })
  if (twice) return several
  if (found !== null) head.forwarded = forwarded
  return found
}

type Cookies = { readonly key: string | null | typeof several /** The line without the key, or none. */; readonly others: string }

/** Blanks around a name are none of it: servers differ in whether they take them for a part. */
function readCookies(value: string, name: string): Cookies {
  let key: string | null = null
  const others: string[] = []
  for (const part of value.split(';')) {
    const pair = part.trim()
    const equals = pair.indexOf('=')
    if (equals !== -1 && pair.slice(0, equals).trimEnd() === name) {
      if (key !== null) return { key: several, others: '' }
      key = pair.slice(equals + 1)
    } else if (pair !== '') others.push(pair)
  }
  return { key, others: others.length === 0 ? '' : `Cookie: ${others.join('; ')}\r\n` }
}

/** Where the Cookie line with `value` stands; `null` where the same text stands in another field before it. */
function placeOf(forwarded: string, value: string): { readonly start: number; readonly end: number } | null {
  const at = forwarded.indexOf(value)
  const start = forwarded.lastIndexOf('\n', at) + 1
  const end = forwarded.indexOf('\n', at) + 1
  const alone = at > start && forwarded.slice(at + value.length, end).trim() === ''
  return alone && forwarded.slice(start, at).trim().toLowerCase() === 'cookie:' ? { start, end } : null
}

/** `undefined` for escapes that are no UTF-8. */
function decoded(text: string): string | undefined {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
