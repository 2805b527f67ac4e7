/** What a message of a topic says, whatever form it has: JSON, or a map as clients of JMS write them. What it means is somebody else's business. */
import { isJsonObject } from '../json-object.ts'
import { readAmqpMap, readJmsMap } from './jms-map.ts'

/** Bytes of a body, or characters of a text. */
const longestMessage = 256 * 1024

/** Of one message. */
const mostEntries = 1000

/** Of a body of AMQP 0-9-1, without what newer versions of WSO2 wrap it in; undefined for each that could not be read. */
export function topicValues(body: Buffer, contentType: unknown, headers: unknown): readonly unknown[] {
  return messagesIn(valueIn(body, contentType, headers)).map(payloadOf)
}

/** Text, or a map. `headers`: the field table; without a body, the message is what stands there. */
export function valueIn(body: Buffer, contentType: unknown, headers: unknown): unknown {
  if (body.length > longestMessage) return undefined
  if (body.length === 0) return headers
  switch (typeof contentType === 'string' ? contentType.toLowerCase() : '') {
    case 'jms/map-message':
      return readJmsMap(body)
    case 'amqp/map':
      return readAmqpMap(body)
    default:
      return body.toString('utf8')
  }
}

/** One, or those of a list. Text is JSON. */
export function messagesIn(value: unknown): readonly unknown[] {
  const message = typeof value === 'string' ? jsonIn(value) : value
  if (!Array.isArray(message)) return [message]
  return message.length > mostEntries ? [undefined] : message
}

/** WSO2's newer versions wrap the fields of an event in two objects. */
export function payloadOf(message: unknown): unknown {
  if (!isJsonObject(message) || !Object.hasOwn(message, 'event')) return message
  const { event } = message
  return isJsonObject(event) && Object.hasOwn(event, 'payloadData') ? event.payloadData : undefined
}

function jsonIn(text: string): unknown {
  if (text.length > longestMessage) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
