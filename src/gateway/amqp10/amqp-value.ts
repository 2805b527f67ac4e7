/**
 * Values as AMQP 1.0 encodes them (part 1 of its specification). What a message says was written by whoever may send to the topic, so a
 * value is bounded in what it makes of its bytes, in depth and in number; the library's own reader is not.
 */

/** A value with the name of what it is. Of several descriptors the outermost. */
export class Described {
  readonly descriptor: unknown
  readonly value: unknown

  constructor(descriptor: unknown, value: unknown) {
    this.descriptor = descriptor
    this.value = value
  }
}

/** Values of one message, those within others included, and how deep they may lie. */
const mostValues = 10_000
const deepest = 16

const text = new TextDecoder('utf-8', { fatal: true })

export class AmqpReader {
  readonly #bytes: Buffer
  #at: number = 0
  #values: number = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /**
   * Numbers of 64 bits become the nearest number, binaries Buffers, lists and arrays arrays, maps objects of their text keys without a
   * prototype; what has no meaning here (decimals, UUIDs) becomes undefined. Throws a RangeError or TypeError where the bytes are none of it.
   */
  read(): unknown {
    return this.#value(this.#byte(), 0)
  }

  #value(code: number, depth: number): unknown {
    if (++this.#values > mostValues || depth > deepest) throw new RangeError('a message holds too many values')
    if (code === 0) {
      const descriptor = this.#value(this.#byte(), depth + 1)
      return new Described(descriptor, this.#value(this.#byte(), depth + 1))
    }
    switch (code >> 4) {
      case 0x4:
        return emptyValue(code)
      case 0x5:
        return this.#number(code, 1)
      case 0x6:
        return this.#number(code, 2)
      case 0x7:
        return this.#number(code, 4)
      case 0x8:
        return this.#number(code, 8)
      case 0x9:
        this.#take(16)
        return undefined
      case 0xa:
        return variable(code, this.#take(this.#byte()))
      case 0xb:
        return variable(code, this.#take(this.#size()))
      case 0xc:
        return this.#compound(code, 1, depth)
      case 0xd:
        return this.#compound(code, 4, depth)
      case 0xe:
        return this.#array(1, depth)
      case 0xf:
        return this.#array(4, depth)
      default:
        throw new TypeError('no type of AMQP')
    }
  }

  #number(code: number, width: 1 | 2 | 4 | 8): unknown {
    const bytes = this.#take(width)
    switch (code) {
      case 0x50:
      case 0x52:
      case 0x53:
        return bytes.readUInt8()
      case 0x51:
      case 0x54:
      case 0x55:
        return bytes.readInt8()
      case 0x56:
        return bytes.readUInt8() !== 0
      case 0x60:
        return bytes.readUInt16BE()
      case 0x61:
        return bytes.readInt16BE()
      case 0x70:
        return bytes.readUInt32BE()
      case 0x71:
        return bytes.readInt32BE()
      case 0x72:
        return bytes.readFloatBE()
      case 0x73:
        return character(bytes.readUInt32BE())
      case 0x80:
        return Number(bytes.readBigUInt64BE())
      case 0x81:
      case 0x83:
        return Number(bytes.readBigInt64BE())
      case 0x82:
        return bytes.readDoubleBE()
      case 0x74:
      case 0x84:
        return undefined
      default:
        throw new TypeError('no type of AMQP')
    }
  }

  #compound(code: number, width: 1 | 4, depth: number): unknown {
    const [end, count] = this.#extent(width)
    const values: unknown[] = []
    for (let index = 0; index < count; index++) values.push(this.#value(this.#byte(), depth + 1))
    this.#expect(end)
    switch (code & 0xf) {
      case 0:
        return values
      case 1:
        return mapOf(values)
      default:
        throw new TypeError('no type of AMQP')
    }
  }

  #array(width: 1 | 4, depth: number): unknown {
    const [end, count] = this.#extent(width)
    const values: unknown[] = []
    const code = this.#byte()
    if (code === 0) throw new TypeError('arrays of described values say nothing here')
    // Elements may take no bytes at all: their number is bounded as that of all values.
    for (let index = 0; index < count; index++) values.push(this.#value(code, depth + 1))
    this.#expect(end)
    return values
  }

  /** Where it ends, and the number of its elements. */
  #extent(width: 1 | 4): readonly [number, number] {
    const size = width === 1 ? this.#byte() : this.#size()
    const end = this.#at + size
    return [end, width === 1 ? this.#byte() : this.#size()]
  }

  #expect(end: number): void {
    if (this.#at !== end) throw new RangeError('a value does not end where it says')
  }

  #byte(): number {
    return this.#take(1).readUInt8()
  }

  #size(): number {
    return this.#take(4).readUInt32BE()
  }

  #take(length: number): Buffer {
    const begin = this.#at
    if (begin + length > this.#bytes.length) throw new RangeError('the bytes end too early')
    this.#at = begin + length
    return this.#bytes.subarray(begin, this.#at)
  }
}

function emptyValue(code: number): unknown {
  switch (code) {
    case 0x40:
      return null
    case 0x41:
      return true
    case 0x42:
      return false
    case 0x43:
    case 0x44:
      return 0
    case 0x45:
      return []
    default:
      throw new TypeError('no type of AMQP')
  }
}

/** Text that is not UTF-8 is none: two names must not become the same. */
function variable(code: number, bytes: Buffer): unknown {
  switch (code & 0xf) {
    case 0:
      return bytes
    case 1:
      return text.decode(bytes)
    case 3:
      return bytes.toString('latin1')
    default:
      throw new TypeError('no type of AMQP')
  }
}

function character(code: number): string {
  return String.fromCodePoint(code)
}

/** Keys are a stranger's: none of them may reach a prototype. One that stands there twice makes the map doubtful. */
function mapOf(values: readonly unknown[]): unknown {
  const map: Record<string, unknown> = Object.create(null)
  if (values.length % 2 !== 0) throw new RangeError('a map has a key without a value')
  for (let index = 0; index < values.length; index += 2) {
    const key = values[index]
    if (typeof key !== 'string') continue
    if (key in map) throw new TypeError('a map has a key twice')
    map[key] = values[index + 1]
  }
  return map
}
