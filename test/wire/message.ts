/**
 * An independent, simple reader of HTTP/1.1 messages for the two ends of the tests: it shares no code with the gateway, so that a
 * mistake there cannot hide itself here. What it reads was written by the gateway, and anything odd in it is thrown as an error.
 */

/** Name and value as on the wire, without the white space around the value. */
export type Field = readonly [name: string, value: string]

export class Message {
  readonly startLine: string
  readonly fields: readonly Field[]
  readonly #chunks: Buffer[] = []
  /** Content bytes so far. */
  length: number = 0
  /** The body has come to its end. */
  complete: boolean = false
  /** Content is counted and dropped. */
  discards: boolean = false

  constructor(head: string) {
    const [startLine = '', ...lines] = head.split('\r\n')
    this.startLine = startLine
    this.fields = lines.map(readField)
  }

  /** The only value of the field, whatever its case; undefined when it is absent. Throws when it stands there twice. */
  field(name: string): string | undefined {
    const values = this.values(name)
    if (values.length > 1) throw new Error(`${name} stands ${values.length} times`)
    return values[0]
  }

  values(name: string): readonly string[] {
    return this.fields.filter(([own]) => own.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
  }

  get body(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  get text(): string {
    return this.body.toString('utf8')
  }

  add(content: Buffer): void {
    this.length += content.length
    if (!this.discards) this.#chunks.push(content)
  }
}

function readField(line: string): Field {
  const colon = line.indexOf(':')
  if (colon < 1 || /[\r\n\0]/.test(line)) throw new Error(`not a field line: ${JSON.stringify(line)}`)
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')]
}

type Framing = { readonly kind: 'none' | 'chunked' | 'until-close' } | { readonly kind: 'length'; readonly length: number }

/** Takes messages off a stream of bytes. `begins` decides on a message's framing; `null` is an interim answer, which is followed by another head. */
export class MessageReader {
  #input: Buffer = Buffer.alloc(0)
  #message: Message | null = null
  #left: number = 0
  #state: 'head' | 'length' | 'chunk-size' | 'chunk' | 'trailer' | 'until-close' = 'head'
  readonly #began: (message: Message) => Framing
  readonly #ended: (message: Message) => void

  constructor(began: (message: Message) => Framing, ended: (message: Message) => void) {
    this.#began = began
    this.#ended = ended
  }

  /** The bytes that belong to no message yet. */
  get rest(): Buffer {
    return this.#input
  }

  push(chunk: Buffer): void {
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk])
    while (this.#input.length > 0 && this.#step()) {
      // Each step takes something off the input.
    }
  }

  /** The stream has ended: a body that is delimited so is complete. */
  end(): void {
    if (this.#state === 'until-close') this.#finish()
  }

  #step(): boolean {
    switch (this.#state) {
      case 'head': {
        const head = this.#takeUntil('\r\n\r\n')
        if (head === null) return false
        this.#begin(new Message(head))
        return true
      }
      case 'chunk-size': {
        const line = this.#takeUntil('\r\n')
        if (line === null) return false
        if (!/^[0-9a-f]+$/.test(line)) throw new Error(`not a chunk size: ${JSON.stringify(line)}`)
        this.#left = Number.parseInt(line, 16)
        this.#state = this.#left === 0 ? 'trailer' : 'chunk'
        return true
      }
      case 'trailer': {
        const line = this.#takeUntil('\r\n')
        if (line === null) return false
        if (line === '') this.#finish()
        else throw new Error(`a trailer: ${JSON.stringify(line)}`)
        return true
      }
      case 'chunk':
        if (this.#left === 0) {
          const line = this.#takeUntil('\r\n')
          if (line === null) return false
          if (line !== '') throw new Error('a chunk is longer than its size')
          this.#state = 'chunk-size'
          return true
        }
        this.#takeContent()
        return true
      case 'length':
        this.#takeContent()
        if (this.#left === 0) this.#finish()
        return true
      case 'until-close':
        this.#left = this.#input.length
        this.#takeContent()
        return true
    }
  }

  #begin(message: Message): void {
    this.#message = message
    const framing = this.#began(message)
    if (framing.kind === 'chunked') this.#state = 'chunk-size'
    else if (framing.kind === 'until-close') this.#state = 'until-close'
    else if (framing.kind === 'length' && framing.length > 0) {
      this.#state = 'length'
      this.#left = framing.length
    } else this.#finish()
  }

  #finish(): void {
    const message = this.#message!
    this.#message = null
    this.#state = 'head'
    message.complete = true
    this.#ended(message)
  }

  #takeUntil(end: string): string | null {
    const at = this.#input.indexOf(end, 0, 'latin1')
    if (at === -1) return null
    const text = this.#input.toString('latin1', 0, at)
    this.#input = this.#input.subarray(at + end.length)
    return text
  }

  #takeContent(): void {
    const content = this.#input.subarray(0, this.#left)
    this.#left -= content.length
    this.#input = this.#input.subarray(content.length)
    this.#message!.add(content)
  }
}

/** How a message says that its body ends; throws where it says so in two ways. */
export function framingOf(message: Message): Framing {
  const length = message.field('content-length')
  const encoding = message.field('transfer-encoding')
  if (length !== undefined && encoding !== undefined) throw new Error('both Content-Length and Transfer-Encoding')
  if (encoding !== undefined) {
    if (encoding !== 'chunked') throw new Error(`Transfer-Encoding: ${encoding}`)
    return { kind: 'chunked' }
  }
  if (length === undefined) return { kind: 'none' }
  if (!/^[0-9]+$/.test(length)) throw new Error(`Content-Length: ${length}`)
  return { kind: 'length', length: Number(length) }
}
