/**
 * Bodies of JMS map messages as brokers of the Qpid family (WSO2's is one) and their clients write them over AMQP 0-9-1: with types of JMS
 * (`jms/map-message`), or as a map of AMQP 0-10 (`amqp/map`), which newer clients write unless they are told otherwise.
 */

export type JmsMap = Readonly<Record<string, unknown>>

/** Entries that are read; what has more says something else than what is revoked. */
const mostEntries = 100

/** Undefined where the body ends too early or holds what this version does not know. */
export function readJmsMap(body: Buffer): JmsMap | undefined {
  return read(body, (cursor) => entries(cursor, cursor.int32(), () => cursor.textUntilNul(), jmsValue))
}

/** The same for a map of AMQP 0-10. */
export function readAmqpMap(body: Buffer): JmsMap | undefined {
  return read(body, (cursor) => {
    // The size is that of the rest.
    cursor.skip(4)
    return entries(cursor, cursor.int32(), () => cursor.text(cursor.uint8()), amqpValue)
  })
}

function read(body: Buffer, reader: (cursor: Cursor) => JmsMap | undefined): JmsMap | undefined {
  try {
    return reader(new Cursor(body))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function entries(cursor: Cursor, count: number, key: () => string, value: (cursor: Cursor) => unknown): JmsMap | undefined {
  if (count < 0 || count > mostEntries) return undefined
  // Keys are a stranger's: none of them may reach a prototype.
  const map: Record<string, unknown> = Object.create(null)
  for (let index = 0; index < count; index++) map[key()] = value(cursor)
  return map
}

function jmsValue(cursor: Cursor): unknown {
  switch (cursor.uint8()) {
    case 1:
      return cursor.uint8() !== 0
    case 2:
      return cursor.int8()
    case 3:
      return cursor.bytes(Math.max(0, cursor.int32()))
    case 4:
      return cursor.int16()
    case 5:
      return String.fromCharCode(cursor.int16() & 0xffff)
    case 6:
      return cursor.int32()
    case 7:
      return cursor.int64()
    case 8:
      return cursor.float()
    case 9:
      return cursor.double()
    case 10:
      return cursor.textUntilNul()
    case 11:
      return null
    default:
      throw new RangeError('a type that JMS does not have')
  }
}

/** Half a byte says how long a value is; what it means is said by the other half. */
function amqpValue(cursor: Cursor): unknown {
  const code = cursor.uint8()
  switch (code) {
    case 0x01:
      return cursor.int8()
    case 0x02:
      return cursor.uint8()
    case 0x08:
      return cursor.uint8() !== 0
    case 0x11:
      return cursor.int16()
    case 0x21:
      return cursor.int32()
    case 0x31:
    case 0x32:
    case 0x38:
      return cursor.int64()
    case 0x84:
    case 0x85:
      return cursor.text(cursor.uint8())
    case 0x94:
    case 0x95:
      return cursor.text(cursor.int16() & 0xffff)
    case 0xf0:
      return null
  }
  const width = code >> 4
  if (width < 8) cursor.skip(2 ** width)
  else if (width === 8) cursor.skip(cursor.uint8())
  else if (width === 9) cursor.skip(cursor.int16() & 0xffff)
  else if (width === 10) cursor.skip(cursor.int32())
  else throw new RangeError('a type that AMQP 0-10 does not have')
  return undefined
}

/** Reads from the front. Throws a RangeError where the bytes end too early. */
class Cursor {
  readonly #body: Buffer
  #at: number = 0

  constructor(body: Buffer) {
    this.#body = body
  }

  uint8(): number {
    return this.#body.readUInt8(this.#pass(1))
  }

  int8(): number {
    return this.#body.readInt8(this.#pass(1))
  }

  int16(): number {
    return this.#body.readInt16BE(this.#pass(2))
  }

  int32(): number {
    return this.#body.readInt32BE(this.#pass(4))
  }

  int64(): number {
    return Number(this.#body.readBigInt64BE(this.#pass(8)))
  }

  float(): number {
    return this.#body.readFloatBE(this.#pass(4))
  }

  double(): number {
    return this.#body.readDoubleBE(this.#pass(8))
  }

  bytes(length: number): Buffer {
    const begin = this.#pass(length)
    return this.#body.subarray(begin, begin + length)
  }

  text(length: number): string {
    return this.bytes(length).toString('utf8')
  }

  textUntilNul(): string {
    const end = this.#body.indexOf(0, this.#at)
    if (end === -1) throw new RangeError('a text does not end')
    const text = this.text(end - this.#at)
    this.#at = end + 1
    return text
  }

  skip(length: number): void {
    this.#pass(length)
  }

  #pass(length: number): number {
    const begin = this.#at
    if (length < 0 || begin + length > this.#body.length) throw new RangeError('the bytes end too early')
    this.#at = begin + length
    return begin
  }
}
