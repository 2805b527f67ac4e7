/**
 * What a message of AMQP 1.0 says (part 3 of its specification, and the JMS mapping): text, in a value or as data, or a map. Headers,
 * properties and annotations are not looked at: the body's type tells a JMS text from a JMS map.
 */
import { AmqpReader, Described } from './amqp-value.ts'

/** Sections may be named in words. */
const sections: ReadonlyMap<unknown, number> = new Map([
  ['amqp:header:list', 0x70],
  ['amqp:delivery-annotations:map', 0x71],
  ['amqp:message-annotations:map', 0x72],
  ['amqp:properties:list', 0x73],
  ['amqp:application-properties:map', 0x74],
  ['amqp:data:binary', 0x75],
  ['amqp:amqp-sequence:list', 0x76],
  ['amqp:amqp-value:*', 0x77],
  ['amqp:footer:map', 0x78],
])

const data = 0x75
const value = 0x77

const text = new TextDecoder('utf-8', { fatal: true })

/** Text or an object. Undefined where it is no message, or one whose body is neither. */
export function readMessage(bytes: Buffer): unknown {
  try {
    const pieces: Buffer[] = []
    let body: unknown
    for (const reader = new AmqpReader(bytes); !reader.atEnd; ) {
      const section = reader.read()
      if (!(section instanceof Described)) return undefined
      const kind = sections.get(section.descriptor) ?? section.descriptor
      if (kind === data && Buffer.isBuffer(section.value)) pieces.push(section.value)
      else if (kind === value) body = section.value
      else if (typeof kind !== 'number' || kind < 0x70 || kind > 0x78) return undefined
    }
    if (pieces.length > 0) return body === undefined ? text.decode(Buffer.concat(pieces)) : undefined
    return body instanceof Described ? undefined : Buffer.isBuffer(body) ? text.decode(body) : body
  } catch (error) {
    // Nothing of what it holds is told.
    if (error instanceof RangeError || error instanceof TypeError) return undefined
    throw error
  }
}
