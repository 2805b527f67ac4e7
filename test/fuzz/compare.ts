/**
 * The rule that the gateway is held to: what it forwards, Node's strict parser reads as the same request; what it refuses although
 * Node accepts it, it refuses for one of the reasons in justified.ts.
 */
import { METHODS } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import type { Field } from '../wire/message.ts'
import type { ForwardedRequest, GatewayOutcome } from './gateway-reader.ts'
import { justification } from './justified.ts'
import type { NodeOutcome, ParsedRequest } from './node-parser.ts'

export type Verdict = {
  /** Null: the two agree as they should. */
  readonly disagreement: string | null
  /** Requests that both took. */
  readonly agreed: number
  /** The reasons for what only Node took. */
  readonly justified: readonly string[]
}

export function compare(stream: string, gateway: GatewayOutcome, node: NodeOutcome): Verdict {
  const justified: string[] = []
  let agreed = 0
  for (const [index, exchange] of gateway.exchanges.entries()) {
    const request = node.requests[index]
    if (exchange.kind === 'forwarded') {
      if (request === undefined && node.requests.length === index && readsNoFurther(node.requests[index - 1])) break
      if (request === undefined || !request.complete) return failed(`request ${index}: forwarded, but Node refuses it (${node.error})`)
      const difference = differenceOf(exchange.request, request)
      if (difference !== null) return failed(`request ${index}: ${difference}`)
      agreed++
      continue
    }
    // Node may see only in the body what is wrong.
    if (request === undefined || (!request.complete && (node.error !== null || readsNoFurther(request)))) break
    const reason = justification({ stream, refusal: exchange.refusal, request, previous: node.requests[index - 1] })
    if (reason === null) return failed(`request ${index}: refused as ${exchange.refusal}, but Node takes it: ${JSON.stringify(request)}`)
    justified.push(reason)
    // After these the gateway goes on; Node may not, where it does not know the method.
    if (![404, 405].includes(exchange.status) || !METHODS.includes(request.method)) break
  }
  return { disagreement: null, agreed, justified }

  function failed(disagreement: string): Verdict {
    return { disagreement, agreed, justified }
  }
}

/**
 * Node takes the connection to be at its end after `Proxy-Connection: close` and after a request for an upgrade. The gateway drops
 * both fields and goes on, as RFC 9112 (appendix C.2.2) and RFC 9110 (section 7.8) have it; the backend never sees either.
 */
function readsNoFurther(last: ParsedRequest | undefined): boolean {
  const says = (name: string, value: RegExp): boolean =>
    last?.fields.some(([own, text]) => own.toLowerCase() === name && value.test(text)) ?? false
  return says('proxy-connection', /close/i) || (says('upgrade', /./) && says('connection', /upgrade/i))
}

function differenceOf(forwarded: ForwardedRequest, parsed: ParsedRequest): string | null {
  if (forwarded.method !== parsed.method) return `method ${forwarded.method}, Node: ${parsed.method}`
  const target = canonicalTarget(parsed.target)
  if (forwarded.target !== target) return `target ${forwarded.target}, from Node's: ${target}`
  const own = forwarded.fields.filter(([name]) => !isReplaced(name)).map(text)
  const theirs = [...endToEnd(parsed.fields), ['Via', `${parsed.version} postern`] as const].map(text)
  if (!isDeepStrictEqual(own, theirs)) return `fields ${JSON.stringify(own)}, Node: ${JSON.stringify(theirs)}`
  if (forwarded.body !== parsed.body) return `body ${JSON.stringify(forwarded.body)}, Node: ${JSON.stringify(parsed.body)}`
  return null
}

function text([name, value]: Field): string {
  return `${name}: ${value}`
}

/** Origin-form with unreserved characters decoded and other escapes in upper case. */
function canonicalTarget(target: string): string {
  const origin = target.replace(/^https?:\/\/[^/?]*/i, '')
  const [path = ''] = origin.split('?', 1)
  const canonical = path.replace(/%[0-9a-f]{2}/gi, (octet) => {
    const character = String.fromCharCode(Number.parseInt(octet.slice(1), 16))
    return /[A-Za-z0-9._~-]/.test(character) ? character : octet.toUpperCase()
  })
  return (canonical.startsWith('/') ? canonical : `/${canonical}`) + origin.slice(path.length)
}

/** Fields that do not go through as the client sent them; `_` is as good as `-`. */
const replaced = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'expect'],
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'http2-settings'],
  ...['authorization', 'proxy-authorization', 'x-jwt-assertion', 'x-request-id', 'forwarded', 'x-real-ip'],
  ...['for', 'host', 'proto', 'port', 'prefix', 'server', 'ssl'].map((name) => `x-forwarded-${name}`),
])

function isReplaced(name: string): boolean {
  return replaced.has(name.toLowerCase().replaceAll('_', '-'))
}

/** What the backend should get of the client's fields. */
function endToEnd(fields: readonly Field[]): readonly Field[] {
  const listed = new Set(
    fields
      .filter(([name]) => name.toLowerCase() === 'connection')
      .flatMap(([, value]) => value.split(',').map((option) => option.trim().toLowerCase())),
  )
  return fields.filter(([name]) => !isReplaced(name) && !listed.has(name.toLowerCase()))
}
