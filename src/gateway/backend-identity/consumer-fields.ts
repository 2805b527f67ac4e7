/** What backends are told in plain fields, for those that read no tokens. */
import type { ConsumerFieldPlan } from '../../contract/plan/backend-identity.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { claimReader } from '../claim-reader.ts'
import type { CallerFacts } from './caller-facts.ts'

/** Characters of a value as it is sent. A longer one is left out: half of it could say something else. */
const longestValue = 4096

/** Makes the lines, each ending in CRLF, of what is known of a caller. What nobody has said has no line. */
export function consumerLines(plan: readonly ConsumerFieldPlan[], apis: GatewayPlan['apis']): (facts: CallerFacts, api: number) => string {
  const fields = plan.map(({ name, value }) => ({ name, read: readerOf(value, apis) }))
  return (facts, api) => {
    let lines = ''
    for (const { name, read } of fields) {
      const value = fieldValue(read(facts, api))
      if (value !== '' && value.length <= longestValue) lines += `${name}: ${value}\r\n`
    }
    return lines
  }
}

function readerOf(value: ConsumerFieldPlan['value'], apis: GatewayPlan['apis']): (facts: CallerFacts, api: number) => unknown {
  if (value.kind === 'claim') {
    const read = claimReader(value.name)
    return ({ claims, attached }) => (attached === null ? undefined : read(attached)) ?? (claims === null ? undefined : read(claims))
  }
  switch (value.fact) {
    case 'application':
      return ({ application }) => application.id
    case 'applicationName':
      return ({ application }) => application.name
    case 'applicationTier':
      return ({ application }) => application.tier
    case 'subscriber':
      return ({ application }) => application.owner
    case 'api':
      return (_, api) => apis[api]!.name
    case 'apiVersion':
      return (_, api) => apis[api]!.version
    default: {
      const { fact } = value
      return (facts) => facts[fact]
    }
  }
}

/** A list has its items with commas between, and `%2C` for a comma in one; an object is JSON. Empty where there is nothing to say. */
function fieldValue(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => fieldValue(item).replaceAll(',', '%2C')).join(',')
  switch (typeof value) {
    case 'string':
      return encodedText(value)
    case 'number':
    case 'boolean':
      return String(value)
    case 'object':
      return value === null ? '' : encodedText(JSON.stringify(value))
    default:
      return ''
  }
}

/**
 * Whatever is not printable ASCII, `%`, and space at either end are percent-encoded as UTF-8 (RFC 3986 §2.1): no claim ends a line, and
 * two claims never look the same.
 */
function encodedText(text: string): string {
  return text.toWellFormed().replaceAll(/^ +| +$|[^\x20-\x24\x26-\x7e]+/g, encodeURIComponent)
}
