/** What messages of protobuf are made of, as far as etcd's need it (protobuf.dev/programming-guides/encoding). */
import { ServiceError } from '../calls/service-error.ts'

/** A number of up to 64 bits, or bytes. */
export type ProtobufField = bigint | number | Buffer

export function numberField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number << 3), varint(value)])
}

export function bytesField(number: number, value: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(value.length), value])
}

/** 0 for what is no number, or too large for one. */
export function numberIn(field: ProtobufField | undefined): number {
  return typeof field === 'number' ? field : 0
}

/** The fields of a message, by their numbers, in their order. Throws a ServiceError for what is none. */
export function* fieldsIn(message: Buffer): Iterable<readonly [number, ProtobufField]> {
  const reader = new Reader(message)
  while (!reader.isAtEnd) {
    const tag = reader.number()
    const number = Math.floor(Number(tag) / 8)
    switch (Number(tag) % 8) {
      case 0:
        yield [number, reader.number()]
        break
      case 1:
        yield [number, reader.bytes(8)]
        break
      case 2:
        yield [number, reader.bytes(Number(reader.number()))]
        break
      case 5:
        yield [number, reader.bytes(4)]
        break
      default:
        throw new ServiceError('protocol')
    }
  }
}

class Reader {
  readonly #message: Buffer
  #at: number = 0

  constructor(message: Buffer) {
    this.#message = message
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#message.length
  }

  /** A bigint where it is too large for a number. */
  number(): number | bigint {
    let value = 0
    for (let [from, factor] = [this.#at, 1]; this.#at - from < 7; factor *= 128) {
      const byte = this.#byte()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
    let large = BigInt(value)
    for (let shift = 49n; shift <= 63n; shift += 7n) {
      const byte = this.#byte()
      large |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return large <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(large) : large
    }
    throw new ServiceError('protocol')
  }

  bytes(length: number): Buffer {
    const from = this.#at
    if (!(length <= this.#message.length - from)) throw new ServiceError('protocol')
    this.#at = from + length
    return this.#message.subarray(from, from + length)
  }

  #byte(): number {
    const byte = this.#message[this.#at++]
    if (byte === undefined) throw new ServiceError('protocol')
    return byte
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80)
  return Buffer.from([...bytes, value])
}
