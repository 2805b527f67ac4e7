/** Map messages as Qpid’s clients write them over AMQP 0-9-1; big integers are longs, other numbers ints. */

type Fields = Readonly<Record<string, string | number | bigint | boolean | null>>

/** The body of a `jms/map-message`. */
export function jmsMap(fields: Fields): Buffer {
  const parts = Object.entries(fields).flatMap(([name, value]) => [Buffer.from(`${name}\0`), jmsValue(value)])
  return Buffer.concat([int32(Object.keys(fields).length), ...parts])
}

/** The body of an `amqp/map`. */
export function amqpMap(fields: Fields): Buffer {
  const parts = Object.entries(fields).flatMap(([name, value]) => [Buffer.from([name.length]), Buffer.from(name), amqpValue(value)])
  const rest = Buffer.concat([int32(Object.keys(fields).length), ...parts])
  return Buffer.concat([int32(rest.length), rest])
}

function jmsValue(value: Fields[string]): Buffer {
  if (value === null) return Buffer.from([11])
  if (typeof value === 'string') return Buffer.from(`\x0a${value}\0`)
  if (typeof value === 'boolean') return Buffer.from([1, value ? 1 : 0])
  return typeof value === 'bigint' ? Buffer.concat([Buffer.from([7]), int64(value)]) : Buffer.concat([Buffer.from([6]), int32(value)])
}

function amqpValue(value: Fields[string]): Buffer {
  if (value === null) return Buffer.from([0xf0])
  if (typeof value === 'string') return Buffer.concat([Buffer.from([0x95, value.length >> 8, value.length & 255]), Buffer.from(value)])
  if (typeof value === 'boolean') return Buffer.from([0x08, value ? 1 : 0])
  return typeof value === 'bigint' ? Buffer.concat([Buffer.from([0x31]), int64(value)]) : Buffer.concat([Buffer.from([0x21]), int32(value)])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return bytes
}
