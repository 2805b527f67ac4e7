/** Finds an API key where the definition says that it is, and takes it away from what is forwarded. */
import type { ApiKeyPlace } from '../../contract/plan.ts'
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
    case 'cookie':
      return (exchange) => takeFromCookies(exchange, name)
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
function takeFromCookies({ head }: Exchange, name: string): ReturnType<TakeKey> {
  const start = `${name}=`
  let found: string | null = null
  let twice = false
  const forwarded = head.forwarded.replaceAll(/^cookie:(.*)\r\n/gim, (line: string, value: string) => {
    const pairs = value.split(';').map((pair) => pair.trim())
    const kept = pairs.filter((pair) => !pair.startsWith(start))
    if (kept.length === pairs.length) return line
    twice ||= found !== null || pairs.length - kept.length > 1
    found = pairs.find((pair) => pair.startsWith(start))!.slice(start.length)
    const others = kept.filter((pair) => pair !== '')
    return others.length === 0 ? '' : `Cookie: ${others.join('; ')}\r\n`
  })
  if (twice) return several
  if (found !== null) head.forwarded = forwarded
  return found
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
