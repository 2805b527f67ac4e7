/**
 * A second parser, written by others and as lenient as many backends and clients are (http-parser-js): whatever the gateway writes, it must
 * read as just what was meant. It takes bare LF, folded lines, and the last of two framings; the gateway must never give it any.
 */
import { isDeepStrictEqual } from 'node:util'
import { HTTPParser } from 'http-parser-js'
import type { Field } from '../wire/message.ts'

export type ReadMessage = {
  /** Method and target, or the status. */
  readonly start: string
  readonly fields: readonly Field[]
  readonly body: string
}

// Bytes beyond ASCII are passed on, too.
HTTPParser.encoding = 'latin1'

export class SecondParser {
  /** In the order in which their ends were seen. */
  readonly messages: ReadMessage[] = []
  error: string | null = null
  readonly #parser: InstanceType<typeof HTTPParser>
  #reading: { start: string; fields: readonly Field[]; body: string } | null = null

  /** `isBodyless`: whether the next final answer has no body, because of the request that it answers. */
  constructor(kind: 'REQUEST' | 'RESPONSE', isBodyless: () => boolean = () => false) {
    const parser = new HTTPParser(kind)
    parser.onHeadersComplete = (info: { method: number | string; url: string; statusCode: number; headers: readonly string[] }) => {
      const start = kind === 'REQUEST' ? `${info.method} ${info.url}` : String(info.statusCode)
      this.#reading = { start, fields: paired(info.headers), body: '' }
      if (kind === 'REQUEST' || info.statusCode < 200) return 0
      // It leaves it to its caller to know that a length in 304 announces nothing.
      return info.statusCode === 304 || isBodyless() ? 1 : 0
    }
    parser.onBody = (chunk, offset, length) => {
      if (this.#reading !== null) this.#reading.body += chunk.toString('latin1', offset, offset + length)
    }
    parser.onMessageComplete = () => {
      if (this.#reading !== null) this.messages.push(this.#reading)
      this.#reading = null
    }
    this.#parser = parser
  }

  push(chunk: Buffer): void {
    if (this.error !== null) return
    const read = this.#parser.execute(chunk)
    if (read instanceof Error) this.error = read.message
    else if (read !== chunk.length) this.error = `${chunk.length - read} bytes are left over`
  }

  /** The connection has ended. A message that was begun and not finished is none. */
  end(): void {
    if (this.error === null) this.#parser.finish()
  }
}

function paired(headers: readonly string[]): readonly Field[] {
  return headers.flatMap((name, index): Field[] => (index % 2 === 0 ? [[name, headers[index + 1] ?? '']] : []))
}

/** How what the parser read differs from what it should have; null where it does not. */
export function differs(read: readonly ReadMessage[], meant: readonly ReadMessage[]): string | null {
  if (isDeepStrictEqual(read, meant)) return null
  return `the second parser reads ${JSON.stringify(read)}, meant was ${JSON.stringify(meant)}`
}
